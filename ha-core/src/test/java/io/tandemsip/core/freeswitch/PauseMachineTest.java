package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.freeswitch.PauseSeen.Wanted;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a mark is renewed, when it is of a router that is gone, and what is left alone, on a clock that does not begin at zero. */
class PauseMachineTest {
    private static final long SINCE = 1_000_000_000_000L;
    private static final PauseMark OWN = new PauseMark("own", 7);
    private static final PauseMark OTHER = new PauseMark("other", 7);
    private static final PauseMachine MACHINE = new PauseMachine("own");

    /** Fails when a router lets its own mark grow old, renews it with each look, or writes what others have seen before. */
    @Test
    void theOwnMark_isRenewedInTime_withALargerBeat() {
        for (Wanted wanted : new Wanted[] {Wanted.PAUSED, Wanted.AS_IT_IS}) {
            assertThat(sees(OWN, PauseMachine.RENEW_NANOS - 1, wanted, true)).isEmpty();
            assertThat(sees(OWN, PauseMachine.RENEW_NANOS, wanted, true)).contains(writes(8));
        }
    }

    /** Fails when a living router is overruled, or a dead one's node stays unmarked. */
    @Test
    void anothersMark_isTakenOverOnceItsWriterIsGone_withALargerBeat() {
        assertThat(sees(OTHER, PauseMachine.GONE_NANOS - 1, Wanted.PAUSED, true))
                .isEmpty();
        assertThat(sees(OTHER, PauseMachine.GONE_NANOS, Wanted.PAUSED, true)).contains(writes(8));
    }

    /** Fails when a node in service is left to the mark of a dead router, or taken from a living one. */
    @Test
    void inService_anothersPause_endsOnceItsWriterIsGone() {
        assertThat(sees(OTHER, PauseMachine.GONE_NANOS - 1, Wanted.RUNNING, true))
                .isEmpty();
        assertThat(sees(OTHER, PauseMachine.GONE_NANOS, Wanted.RUNNING, true)).contains(new PauseEffect.Resume());
        assertThat(sees(OTHER, PauseMachine.GONE_NANOS, Wanted.RUNNING, false))
                .contains(new PauseEffect.Write(PauseMark.NONE));
    }

    /** Fails when a node in service without a mark is written to for ever, or an operator's pause is undone. */
    @Test
    void whatNobodyMarked_isLeftAlone() {
        long late = PauseMachine.GONE_NANOS;
        assertThat(sees(PauseMark.NONE, late, Wanted.RUNNING, false)).isEmpty();
        assertThat(sees(PauseMark.NONE, late, Wanted.RUNNING, true)).isEmpty();
        assertThat(sees(PauseMark.NONE, late, Wanted.AS_IT_IS, true)).isEmpty();
    }

    /** Somebody resumed it in the midst of the drain. Fails when the router that had paused it does so again. */
    @Test
    void aNodeThatWasResumedByHand_isNotPausedAgain() {
        PauseStatus paused = step(new PauseStatus(false, false, OWN, SINCE), OWN, SINCE, Wanted.PAUSED, true)
                .status();
        assertThat(step(paused, OWN, SINCE + 1, Wanted.PAUSED, false).effect()).isEmpty();
        PauseStatus back = step(paused, OWN, SINCE + 1, Wanted.RUNNING, false).status();
        assertThat(step(back, OWN, SINCE + 2, Wanted.PAUSED, false).effect())
                .as("in the next drain")
                .contains(new PauseEffect.Pause());
    }

    private static PauseEffect writes(long beat) {
        return new PauseEffect.Write(new PauseMark("own", beat));
    }

    /** What follows when the mark has stood for so long. */
    private static Optional<PauseEffect> sees(PauseMark mark, long ageNanos, Wanted wanted, boolean paused) {
        return step(new PauseStatus(false, false, mark, SINCE), mark, SINCE + ageNanos, wanted, paused)
                .effect();
    }

    private static PauseStep step(PauseStatus status, PauseMark mark, long nowNanos, Wanted wanted, boolean paused) {
        return MACHINE.on(status, new PauseSeen(nowNanos, wanted, paused, mark));
    }
}
