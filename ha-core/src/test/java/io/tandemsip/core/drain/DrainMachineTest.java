package io.tandemsip.core.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a drain says that it waits for, when it says so again, and what is left of its deadline. */
class DrainMachineTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_000 * SECOND;
    private static final DrainMachine MACHINE = new DrainMachine();
    private static final DrainPlan PLAN =
            new DrainPlan(NodeId.of("fs1"), Optional.of(Duration.ofSeconds(60)), "kernel update");
    private static final DrainStatus DRAINING =
            MACHINE.start(PLAN, START, AdminState.IN_SERVICE, 3).status();

    @Test
    void detail_saysWhatItWaitsFor() {
        assertThat(waiting(2, OwnCount.UNKNOWN, 0)).isEqualTo("waiting for 2 dialogs to end");
        assertThat(waiting(1, OwnCount.of(5), 3)).isEqualTo("waiting for 1 dialog to end");
        assertThat(waiting(0, OwnCount.AWAITED, 3)).isEqualTo("waiting for the node to say that it has no call");
        assertThat(waiting(0, OwnCount.of(1), 3)).isEqualTo("waiting for 1 call that only the node itself counts");
        assertThat(waiting(0, OwnCount.of(2), 0)).isEqualTo("waiting for 2 calls that only the node itself counts");
        assertThat(waiting(0, OwnCount.of(0), 1)).isEqualTo("waiting for 1 router to say that none is left");
        assertThat(waiting(0, OwnCount.UNKNOWN, 2)).isEqualTo("waiting for 2 routers to say that none is left");
        assertThat(waiting(0, OwnCount.UNKNOWN, 0))
                .isEqualTo("waiting for the other routers to agree that none is left");
    }

    @Test
    void counted_tellsWhatChanged_andNothingElse() {
        assertThat(counted(DRAINING, 1, 3, OwnCount.UNKNOWN).effects())
                .as("as at the start")
                .isEmpty();
        DrainStep fewer = counted(DRAINING, 1, 2, OwnCount.UNKNOWN);
        assertThat(fewer.effects()).isEqualTo(List.of(new DrainEffect.Told("waiting for 2 dialogs to end")));
        DrainStatus none = counted(fewer.status(), 2, 0, OwnCount.of(2)).status();
        assertThat(counted(none, 3, 0, OwnCount.of(2)).effects()).isEmpty();
        assertThat(counted(none, 3, 0, OwnCount.of(1)).effects())
                .isEqualTo(List.of(new DrainEffect.Told("waiting for 1 call that only the node itself counts")));
    }

    @Test
    void aDrainThatBeganElsewhere_hasWhatIsLeftOfItsDeadline() {
        Begun begun = new Begun(PLAN, AdminState.IN_SERVICE, 20 * SECOND, 9);
        DrainStep resumed = MACHINE.resume(begun, START, 3);
        assertThat(resumed.effects()).contains(new DrainEffect.ArmDeadline(40 * SECOND));
        assertThat(resumed.status().startedNanos()).isEqualTo(START - 20 * SECOND);
        assertThat(resumed.status().dialogsAtStart()).isEqualTo(9);
        assertThat(resumed.status().dialogsLeft()).isEqualTo(3);
        DrainStep joined = MACHINE.on(DRAINING, new DrainEvent.Joined(START + SECOND, begun));
        assertThat(joined.effects()).contains(new DrainEffect.ArmDeadline(40 * SECOND));
    }

    @Test
    void emptyAtLast_isProposedUntilTenSecondsAfterTheDeadline() {
        DrainStep inTime = counted(DRAINING, 69, 0, OwnCount.UNKNOWN);
        assertThat(inTime.effects())
                .isEqualTo(List.of(new DrainEffect.Propose(DrainState.DRAINED, "no dialog is left")));
        DrainStep late = counted(DRAINING, 70, 0, OwnCount.UNKNOWN);
        assertThat(late.status().state()).isEqualTo(DrainState.DEADLINE_PASSED);
    }

    private static String waiting(long dialogs, OwnCount own, int awaited) {
        DrainEvent.Counted counted = new DrainEvent.Counted(START + SECOND, dialogs, own, awaited);
        return MACHINE.on(DRAINING, counted).status().detail();
    }

    private static DrainStep counted(DrainStatus status, long afterSeconds, long dialogs, OwnCount own) {
        return MACHINE.on(status, new DrainEvent.Counted(START + afterSeconds * SECOND, dialogs, own, 0));
    }
}
