package io.tandemsip.examples.haproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static JsonNode drain(String state, long left, double share, long oldestMinutes) throws Exception {
        return new ObjectMapper()
                .readTree("{\"node\":\"fs1\",\"state\":\"" + state + "\",\"dialogsLeft\":" + left + ",\"share\":"
                        + share + ",\"oldestMillis\":" + oldestMinutes * 60_000 + "}");
    }

    @Test
    void of_whileDraining_showsWhatIsLeft() throws Exception {
        assertThat(ProgressLine.of(drain("DRAINING", 212, 0.71, 41 * 3)))
                .isEqualTo("fs1  draining  212 dialogs  oldest 2 h  ━━━━━━━━━╸─── 71 %");
        assertThat(ProgressLine.of(drain("DRAINING", 212, 0.71, 41)))
                .isEqualTo("fs1  draining  212 dialogs  oldest 41 min  ━━━━━━━━━╸─── 71 %");
        assertThat(ProgressLine.of(drain("DRAINING", 1, 0, 0))).isEqualTo("fs1  draining  1 dialog  ───────────── 0 %");
    }

    @Test
    void of_withAnEstimate_showsTheMedianLeft() throws Exception {
        JsonNode drain = new ObjectMapper()
                .readTree("{\"node\":\"fs1\",\"state\":\"DRAINING\",\"dialogsLeft\":212,\"share\":0.71,"
                        + "\"oldestMillis\":2460000,\"medianLeftMillis\":180000,\"etaMillis\":2000000}");
        assertThat(ProgressLine.of(drain))
                .isEqualTo("fs1  draining  212 dialogs  oldest 41 min  median left 3 min  ━━━━━━━━━╸─── 71 %");
    }

    @Test
    void of_whenItEnded_isFullOnlyIfAllIsDone() throws Exception {
        assertThat(ProgressLine.of(drain("DRAINED", 0, 1, 0)))
                .isEqualTo("fs1  drained  0 dialogs  ━━━━━━━━━━━━━ 100 %");
        assertThat(ProgressLine.of(drain("DEADLINE_PASSED", 1, 0.999, 0)))
                .isEqualTo("fs1  deadline passed  1 dialog  ━━━━━━━━━━━━╸ 99 %");
    }
}
