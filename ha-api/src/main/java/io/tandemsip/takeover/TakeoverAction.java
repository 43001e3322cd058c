package io.tandemsip.takeover;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Makes a survivor recover the calls of a dead node. Called by one router at a time, after the dead node was confirmed
 * down and its epoch raised. May be called again for the same order after a router's death: do it once per epoch.
 * Thread-safe.
 */
@FunctionalInterface
public interface TakeoverAction {
    /**
     * Recovers.
     *
     * @param order who from, who to, up to which epoch
     * @return how it went; a failed stage counts as {@link Recovery#FAILED}
     */
    CompletionStage<Recovery> recover(Order order);

    /**
     * What is to be done. Immutable.
     *
     * @param dead whose calls
     * @param incarnation the life that ended
     * @param successor who gets them
     * @param epoch dialogs of the dead node up to this epoch move
     */
    record Order(Node dead, Incarnation incarnation, Node successor, long epoch) {
        /** Checks that nothing is missing. */
        public Order {
            Objects.requireNonNull(dead, "dead");
            Objects.requireNonNull(incarnation, "incarnation");
            Objects.requireNonNull(successor, "successor");
        }
    }

    /** How a recovery went. */
    enum Recovery {
        /** The successor has the calls. */
        RECOVERED,
        /** It has none of them. */
        FAILED
    }
}
