package io.tandemsip.core.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.util.List;
import org.junit.jupiter.api.Test;

class TakeoverTableTest {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final NodeId C = NodeId.of("c");

    private static Takeover takeover(NodeId dead, NodeId successor, long epoch, TakeoverState state) {
        return new Takeover(dead, Incarnation.UNKNOWN, successor, Incarnation.UNKNOWN, epoch, state, -1, "");
    }

    /** Fails when dialogs that the node made after its return move too. */
    @Test
    void dialogsBelowTheEpoch_move_andLaterOnesStay() {
        Takeover moved = takeover(A, B, 5, TakeoverState.RECOVERED);
        TakeoverTable table = TakeoverTable.of(List.of(moved));
        assertThat(table.of(A, 4)).isEqualTo(moved);
        assertThat(table.of(A, 5)).isNull();
        assertThat(table.of(B, 0)).isNull();
        assertThat(TakeoverTable.EMPTY.of(A, 0)).isNull();
        assertThat(TakeoverTable.EMPTY.isEmpty()).isTrue();
        assertThat(table.isEmpty()).isFalse();
    }

    /** Fails when only the first take-over is looked at, or one of the successor's before it got the dialogs counts. */
    @Test
    void dialogsOfASuccessorThatDied_moveOn() {
        Takeover first = takeover(A, B, 5, TakeoverState.RECOVERED);
        Takeover second = takeover(B, C, 6, TakeoverState.RECOVERED);
        assertThat(TakeoverTable.of(List.of(first, second)).of(A, 1)).isEqualTo(second);
        Takeover before = takeover(B, C, 3, TakeoverState.RECOVERED);
        assertThat(TakeoverTable.of(List.of(first, before)).of(A, 1)).isEqualTo(first);
        assertThat(TakeoverTable.of(List.of(first, before)).of(B, 1)).isEqualTo(before);
    }

    /** Fails when a take-over that failed, or is under way, is followed. */
    @Test
    void nobodyFollowsWhatIsNotRecovered() {
        for (TakeoverState state : List.of(TakeoverState.FENCED, TakeoverState.FAILED)) {
            Takeover first = takeover(A, B, 5, state);
            Takeover second = takeover(B, C, 6, TakeoverState.RECOVERED);
            assertThat(TakeoverTable.of(List.of(first, second)).of(A, 1)).isEqualTo(first);
        }
    }

    @Test
    void backAndForth_ends() {
        Takeover first = takeover(A, B, 5, TakeoverState.RECOVERED);
        Takeover second = takeover(B, A, 6, TakeoverState.RECOVERED);
        Takeover third = takeover(A, B, 7, TakeoverState.RECOVERED);
        assertThat(TakeoverTable.of(List.of(first, second)).of(A, 1)).isEqualTo(second);
        assertThat(TakeoverTable.of(List.of(third, second)).of(B, 1)).isEqualTo(third);
    }
}
