package io.tandemsip.core.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tandemsip.selection.Candidate;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Up at once, down slowly: Finagle's rule. */
class PeakResponseTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long TAU = TimeUnit.SECONDS.toNanos(10);
    private final PeakResponse peak = new PeakResponse(-5);

    @Test
    void add_aSlowerOne_replacesTheMeanAtOnce() {
        peak.add(5 * MS, 0);
        peak.add(200 * MS, MS);
        assertThat(peak.nanos(MS)).isEqualTo(200 * MS);
    }

    @Test
    void add_aFasterOne_movesTheMeanByTheTimeGone() {
        peak.add(100 * MS, 0);
        peak.add(10 * MS, TAU);
        double kept = Math.exp(-1);
        assertThat((double) peak.nanos(TAU))
                .isCloseTo(10 * MS * (1 - kept) + 100 * MS * kept, within((double) MS / 1000));
    }

    @Test
    void nanos_withTimeAlone_decays_andEndsAsNotKnown() {
        peak.add(100 * MS, 0);
        assertThat((double) peak.nanos(TAU)).isCloseTo(100 * MS / Math.E, within((double) MS / 1000));
        assertThat(peak.nanos(100 * TAU)).isZero();
    }

    @Test
    void aNodeWithoutHistory_isTriedByOneCallAtATime_andNeverStarves() {
        assertThat(peak.nanos(0)).isZero();
        peak.asked(0);
        assertThat(peak.nanos(MS)).isEqualTo(Candidate.NOT_KNOWN_YET_NANOS);
        assertThat(peak.nanos(5_000 * MS)).as("no answer for long").isZero();
        peak.asked(6_000 * MS);
        peak.add(20 * MS, 6_020 * MS);
        assertThat(peak.nanos(6_020 * MS)).isEqualTo(20 * MS);
    }

    @Test
    void add_withAClockThatWasReadEarlier_neverGrowsTheMean() {
        peak.add(100 * MS, TAU);
        peak.add(10 * MS, 0);
        assertThat(peak.nanos(TAU)).isEqualTo(100 * MS);
    }
}
