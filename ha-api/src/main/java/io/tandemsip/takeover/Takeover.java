package io.tandemsip.takeover;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.util.Objects;

/**
 * The last take-over of a node's dialogs. Immutable.
 *
 * @param dead whose dialogs
 * @param incarnation the life that ended
 * @param successor who has them, or was to have them
 * @param successorIncarnation the life of the successor in which it got them
 * @param epoch dialogs of the dead node below this epoch moved; from now on it owns new ones under this
 * @param state how far it is
 * @param calls how many calls the successor said it has; -1 if it did not say
 * @param cause what was seen, for people
 */
public record Takeover(
        NodeId dead,
        Incarnation incarnation,
        NodeId successor,
        Incarnation successorIncarnation,
        long epoch,
        TakeoverState state,
        int calls,
        String cause) {
    /** Checks that nothing is missing. */
    public Takeover {
        Objects.requireNonNull(dead, "dead");
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(successor, "successor");
        Objects.requireNonNull(successorIncarnation, "successorIncarnation");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(cause, "cause");
    }

    /**
     * A later word of it.
     *
     * @param to how far it is
     * @param saved how many calls the successor said it has; -1 if it did not say
     * @param why what was seen
     * @return a changed copy
     */
    public Takeover with(TakeoverState to, int saved, String why) {
        return new Takeover(dead, incarnation, successor, successorIncarnation, epoch, to, saved, why);
    }
}
