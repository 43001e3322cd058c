package io.tandemsip.takeover;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.util.Map;
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
 * @param lost how many calls were not saved, by reason, as far as the routers and the successor know; empty while it is under way
 */
public record Takeover(
        NodeId dead,
        Incarnation incarnation,
        NodeId successor,
        Incarnation successorIncarnation,
        long epoch,
        TakeoverState state,
        int calls,
        String cause,
        Map<LossReason, Integer> lost) {
    /** Copies the map. */
    public Takeover {
        Objects.requireNonNull(dead, "dead");
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(successor, "successor");
        Objects.requireNonNull(successorIncarnation, "successorIncarnation");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(cause, "cause");
        lost = Map.copyOf(lost);
    }

    /**
     * One of which no loss is known.
     *
     * @param dead whose dialogs
     * @param incarnation the life that ended
     * @param successor who has them, or was to have them
     * @param successorIncarnation the life of the successor in which it got them
     * @param epoch dialogs of the dead node below this epoch moved
     * @param state how far it is
     * @param calls how many calls the successor said it has; -1 if it did not say
     * @param cause what was seen, for people
     */
    public Takeover(
            NodeId dead,
            Incarnation incarnation,
            NodeId successor,
            Incarnation successorIncarnation,
            long epoch,
            TakeoverState state,
            int calls,
            String cause) {
        this(dead, incarnation, successor, successorIncarnation, epoch, state, calls, cause, Map.of());
    }

    /**
     * A later word of it.
     *
     * @param to how far it is
     * @param saved how many calls the successor said it has; -1 if it did not say
     * @param why what was seen
     * @param notSaved how many calls were not, by reason
     * @return a changed copy
     */
    public Takeover with(TakeoverState to, int saved, String why, Map<LossReason, Integer> notSaved) {
        return new Takeover(dead, incarnation, successor, successorIncarnation, epoch, to, saved, why, notSaved);
    }
}
