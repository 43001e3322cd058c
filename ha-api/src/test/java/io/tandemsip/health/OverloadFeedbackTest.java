package io.tandemsip.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.OverloadAdvice;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverloadFeedbackTest {
    @Test
    void read_takesWhatStandsInVia() {
        assertThat(OverloadFeedback.read("20", "loss", "1000", "1282321615.782"))
                .contains(new OverloadFeedback(Algorithm.LOSS, 20, Duration.ofSeconds(1), 128_232_161_578_200L));
        assertThat(OverloadFeedback.read("150", "RATE", "", ""))
                .contains(new OverloadFeedback(Algorithm.RATE, 150, OverloadFeedback.DEFAULT_VALIDITY, 0));
        assertThat(OverloadFeedback.read("0", "", "0", "1.1"))
                .as("loss is what every server knows")
                .contains(new OverloadFeedback(Algorithm.LOSS, 0, Duration.ZERO, 110_000));
    }

    /** Fails when sequences are compared as text, or decimals are read as a number of their own. */
    @Test
    void sequence_isANumber() {
        assertThat(sequence("1.5")).isGreaterThan(sequence("1.10000"));
        assertThat(sequence("10.1")).isGreaterThan(sequence("9.99999"));
        assertThat(OverloadFeedback.read("1", "loss", "", "7.00012")
                        .orElseThrow()
                        .sequenceText())
                .isEqualTo("7.00012");
    }

    private static long sequence(String text) {
        return OverloadFeedback.read("1", "loss", "", text).orElseThrow().sequence();
    }

    @ParameterizedTest
    @CsvSource({
        "'', loss, '', ''",
        "101, loss, '', ''",
        "-1, loss, '', ''",
        "20, window, '', ''",
        "2 0, loss, '', ''",
        "20, loss, soon, ''",
        "20, loss, '', 1.123456",
        "20, loss, '', x",
        "9999999999999, rate, '', ''",
    })
    void read_ofWhatCantBeRead_isEmpty(String oc, String algorithm, String validity, String sequence) {
        assertThat(OverloadFeedback.read(oc, algorithm, validity, sequence)).isEmpty();
    }

    @Test
    void values_outOfRange_areRefused() {
        assertThatThrownBy(() -> new OverloadFeedback(Algorithm.LOSS, 101, Duration.ZERO, 0))
                .hasMessage("value: 101; expected 0 to 100");
        assertThatThrownBy(() -> new OverloadAdvice(96, 1, 0)).hasMessageContaining("loss: 96 %");
        assertThatThrownBy(() -> new OverloadAdvice(5, Double.NaN, 0)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> OverloadAdvice.NONE.feedback(Algorithm.LOSS, 0))
                .hasMessageContaining("clients: 0");
    }

    /** Fails when each client is given the rate of all. */
    @Test
    void advice_sharesARateAmongClients_andTellsEachTheSameLoss() {
        OverloadAdvice advice = new OverloadAdvice(30, 100, 7);
        assertThat(advice.feedback(Algorithm.RATE, 4).value()).isEqualTo(25);
        assertThat(advice.feedback(Algorithm.LOSS, 4).value()).isEqualTo(30);
        assertThat(advice.feedback(Algorithm.RATE, 1_000).value())
                .as("never none at all, else nobody would find out that it is over")
                .isOne();
        assertThat(OverloadAdvice.NONE.feedback(Algorithm.LOSS, 1))
                .isEqualTo(new OverloadFeedback(Algorithm.LOSS, 0, Duration.ZERO, 0));
    }
}
