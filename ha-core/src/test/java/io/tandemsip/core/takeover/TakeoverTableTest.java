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

    /** Fails when the last take-over of a node decides on what it had before an earlier one. */
    @Test
    void aNodeThatDiedAgain_leftTheFirstToOneAndTheRestToAnother() {
        Takeover first = takeover(A, B, 5, TakeoverState.RECOVERED);
        Takeover second = takeover(A, C, 7, TakeoverState.FENCED);
        TakeoverTable table = TakeoverTable.of(List.of(first, second));
        assertThat(table.of(A, 4)).isEqualTo(first);
        assertThat(table.of(A, 5)).isEqualTo(second);
        assertThat(table.of(A, 7)).isNull();
        assertThat(table.last(A)).isEqualTo(second);
        Takeover recovered = takeover(A, C, 7, TakeoverState.RECOVERED);
        assertThat(table.with(recovered).all()).containsExactly(first, recovered);
        Takeover ofSuccessor = takeover(B, C, 6, TakeoverState.RECOVERED);
        assertThat(table.with(ofSuccessor).of(A, 4)).isEqualTo(ofSuccessor);
    }

    /** Fails when what failed is final although the same life is taken over again, or is not although that ended. */
    @Test
    void whatFailed_goesWithTheNextOfTheSameLife() {
        Takeover failed = takeover(A, B, 5, TakeoverState.FAILED);
        Takeover next = takeover(A, C, 7, TakeoverState.RECOVERED);
        assertThat(TakeoverTable.of(List.of(failed, next)).of(A, 4)).isEqualTo(next);
        Takeover ofLife = ofLife("x", 5, TakeoverState.FAILED);
        Takeover ofNextLife = ofLife("y", 7, TakeoverState.RECOVERED);
        TakeoverTable lives = TakeoverTable.of(List.of(ofLife, ofNextLife));
        assertThat(lives.of(A, 4)).isEqualTo(ofLife);
        assertThat(lives.of(A, 5)).isEqualTo(ofNextLife);
    }

    private static Takeover ofLife(String life, long epoch, TakeoverState state) {
        return new Takeover(A, new Incarnation(life), B, Incarnation.UNKNOWN, epoch, state, -1, "");
    }

    /** S2. Fails when it grows with each death of a node. */
    @Test
    void s2_theLastOnesOfEachNodeAreKept() {
        TakeoverTable table = TakeoverTable.EMPTY;
        for (int i = 1; i <= 3 * TakeoverTable.MOST; i++) {
            table = table.with(takeover(A, B, i, TakeoverState.RECOVERED));
        }
        assertThat(table.all()).hasSize(TakeoverTable.MOST);
        assertThat(table.last(A).epoch()).isEqualTo(3 * TakeoverTable.MOST);
    }
}
