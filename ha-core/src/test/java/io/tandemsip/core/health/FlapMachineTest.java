package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.FlapPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The edges of holds, on a clock that does not begin at zero. */
class FlapMachineTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long UNTIL = 1_000 * SECOND;
    private static final long MAX_HOLD = 300 * SECOND;
    private static final FlapMachine MACHINE =
            new FlapMachine(new FlapPolicy(1_000, 300, Duration.ofSeconds(60), 3_000, 750, Duration.ofMinutes(5)));

    @Test
    void fell_addsWhatItsKindWeighs() {
        FlapStatus free = FlapStatus.free(UNTIL);
        assertThat(fell(free, UNTIL, false).penalty()).isEqualTo(300);
        assertThat(fell(free, UNTIL, true).penalty())
                .as("down, its suspicion counted before")
                .isEqualTo(700);
    }

    @Test
    void aHold_lastsUntilItsMoment_howeverSmallThePenalty() {
        FlapStep early = due(held(0, UNTIL), UNTIL - 1);
        assertThat(early.status().state()).isEqualTo(FlapState.HELD);
        assertThat(early.effects()).isEqualTo(List.of(new FlapEffect.Arm(1)));
        assertThat(due(held(0, UNTIL), UNTIL).status().state()).isEqualTo(FlapState.FREE);
    }

    @Test
    void aHold_goesOnWhileThePenaltyIsAboveTheThreshold_andNoLonger() {
        FlapStep above = due(held(1_500, UNTIL), UNTIL);
        assertThat(above.status().state()).isEqualTo(FlapState.HELD);
        assertThat(above.effects()).isEqualTo(List.of(new FlapEffect.Arm(60 * SECOND + 1)));
        assertThat(due(held(750, UNTIL), UNTIL).status().state()).isEqualTo(FlapState.FREE);
    }

    @Test
    void aHold_endsALongestHoldAfterItsMoment_whateverThePenalty() {
        long end = UNTIL + MAX_HOLD;
        assertThat(due(held(12_000, end - 1), end - 1).status().state()).isEqualTo(FlapState.HELD);
        assertThat(due(held(12_000, end), end).status().state()).isEqualTo(FlapState.FREE);
    }

    @Test
    void aHold_isOneMoreInARow_ifTheLastEndedNoLongerAgoThanItLasted() {
        FlapStatus lately = fell(released(UNTIL + 120 * SECOND), UNTIL + 120 * SECOND, false);
        assertThat(lately.state()).isEqualTo(FlapState.HELD);
        assertThat(lately.holds()).isEqualTo(2);
        FlapStatus longAgo = fell(released(UNTIL + 120 * SECOND + 1), UNTIL + 120 * SECOND + 1, false);
        assertThat(longAgo.state()).isEqualTo(FlapState.HELD);
        assertThat(longAgo.holds()).isEqualTo(1);
    }

    private static FlapStatus held(double penalty, long atNanos) {
        return new FlapStatus(FlapState.HELD, "it comes and goes", penalty, atNanos, 1, UNTIL);
    }

    private static FlapStatus released(long atNanos) {
        return new FlapStatus(FlapState.FREE, "it did not fall lately", 3_000, atNanos, 1, UNTIL);
    }

    private static FlapStatus fell(FlapStatus status, long nowNanos, boolean confirmed) {
        return MACHINE.on(status, new FlapEvent.Fell(nowNanos, confirmed)).status();
    }

    private static FlapStep due(FlapStatus status, long nowNanos) {
        return MACHINE.on(status, new FlapEvent.TimerDue(nowNanos));
    }
}
