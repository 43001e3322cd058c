package io.tandemsip.examples.haproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Optional<Duration> SOON = Optional.of(Duration.ofMillis(300));

    private static Verdict verdict(long failed, long misrouted, long lastMillis, long toDrained) {
        return new Verdict(
                1000, failed, 50, 2, 600, misrouted, 7, Duration.ofMillis(lastMillis), SOON, toDrained, SOON);
    }

    @Test
    void holds_whenNothingIsWrong() {
        assertThat(verdict(0, 0, 500, 0).holds()).isTrue();
        assertThat(verdict(0, 0, 500, 0).lines()).noneMatch(line -> line.contains("WRONG"));
    }

    @Test
    void holds_whenOneThingIsWrong_isFalse() {
        assertThat(verdict(1, 0, 0, 0).holds()).isFalse();
        assertThat(verdict(0, 1, 0, 0).holds()).isFalse();
        assertThat(verdict(0, 0, 501, 0).holds()).isFalse();
        assertThat(verdict(0, 0, 0, 1).holds()).isFalse();
        assertThat(verdict(0, 0, 0, 1).lines()).contains("  WRONG new calls to the drained node: 1");
    }

    @Test
    void holds_whenTheDrainWasNeverReported_isFalse() {
        Verdict verdict = new Verdict(1000, 0, 0, 0, 10, 0, 0, Duration.ZERO, SOON, 0, Optional.empty());
        assertThat(verdict.holds()).isFalse();
    }
}
