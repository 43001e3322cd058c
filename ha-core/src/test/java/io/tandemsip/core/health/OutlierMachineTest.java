package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.OutlierPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The edges of windows, on a clock that does not begin at zero. */
class OutlierMachineTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_000 * SECOND;
    private static final long WINDOW = 10 * SECOND;
    private static final OutlierMachine HALF_OF_FOUR = new OutlierMachine(new OutlierPolicy(
            0, 0, 0.5, 4, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(5), 0.5));

    @Test
    void aFailure_asTheWindowEnds_isStillInIt() {
        OutlierStatus status = failed(OutlierStatus.in(START), START + WINDOW, true, new Tally(0, 1, 0, 1, 0));
        assertThat(status.windowNanos()).isEqualTo(START);
        assertThat(status.window()).isEqualTo(Tally.NONE);
    }

    @Test
    void aFailure_afterTheWindow_isTheFirstOfTheNext() {
        long later = START + WINDOW + 1;
        Tally tally = new Tally(7, 3, 2, 1, 1);
        OutlierStatus silent = failed(OutlierStatus.in(START), later, true, tally);
        assertThat(silent.windowNanos()).isEqualTo(later);
        assertThat(silent.window()).isEqualTo(new Tally(7, 2, 2, 0, 0));
        OutlierStatus answered = failed(OutlierStatus.in(START), later, false, tally);
        assertThat(answered.window()).isEqualTo(new Tally(7, 3, 1, 0, 0));
    }

    @Test
    void theShare_isOfThisWindowAlone() {
        OutlierStatus second = failed(OutlierStatus.in(START), START + WINDOW + 1, true, new Tally(90, 3, 2, 1, 0));
        OutlierStatus less = failed(second, START + WINDOW + 2, true, new Tally(91, 4, 2, 1, 0));
        assertThat(less.state()).as("two of three").isEqualTo(OutlierState.IN);
        OutlierStatus half = failed(less, START + WINDOW + 3, true, new Tally(92, 4, 2, 1, 0));
        assertThat(half.state()).isEqualTo(OutlierState.EJECTED);
        assertThat(half.cause()).endsWith("2 of the last 4 calls failed");
        OutlierStatus few = failed(less, START + WINDOW + 3, true, new Tally(93, 4, 2, 1, 0));
        assertThat(few.state()).as("two of five").isEqualTo(OutlierState.IN);
    }

    @Test
    void aTrialThatWentWell_leavesNoWindowOpen() {
        OutlierStatus trial =
                new OutlierStatus(OutlierState.TRIAL, "one call tries it", START, 2, START - 30 * SECOND, Tally.NONE);
        OutlierStatus back = HALF_OF_FOUR
                .on(trial, new OutlierEvent.TrialEnded(START + SECOND, true))
                .status();
        assertThat(back.ejections()).isEqualTo(2);
        OutlierStatus failed = failed(back, START + SECOND + 1, true, new Tally(50, 50, 0, 1, 0));
        assertThat(failed.state()).isEqualTo(OutlierState.IN);
        assertThat(failed.windowNanos()).isEqualTo(START + SECOND + 1);
    }

    /** Fails when the longest one begins as soon as the next base would pass it. */
    @Test
    void eachEjection_isABaseLonger_upToTheLongest() {
        OutlierMachine machine = new OutlierMachine(new OutlierPolicy(
                1, 0, 0.5, 4, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(100), 0.5));
        List<Long> lengths = new ArrayList<>();
        for (int before = 0; before < 6; before++) {
            OutlierStatus trial =
                    new OutlierStatus(OutlierState.TRIAL, "one call tries it", START, before, START, Tally.NONE);
            OutlierStep step = machine.on(trial, new OutlierEvent.TrialEnded(START + SECOND, false));
            OutlierEffect.Arm armed = (OutlierEffect.Arm) step.effects().get(0);
            lengths.add(armed.delayNanos() / SECOND);
        }
        assertThat(lengths).containsExactly(30L, 60L, 90L, 100L, 100L, 100L);
    }

    private static OutlierStatus failed(OutlierStatus status, long nowNanos, boolean local, Tally tally) {
        return HALF_OF_FOUR
                .on(status, new OutlierEvent.Failed(nowNanos, local, tally, true))
                .status();
    }
}
