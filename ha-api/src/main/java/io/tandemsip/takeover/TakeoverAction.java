package io.tandemsip.takeover;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Makes a survivor recover the calls of a dead node. Called by one router at a time, after the dead node was confirmed
 * down and its epoch raised. May be called again for the same order after a router's death, and two routers may overlap if
 * one of them was paused: what it does twice for one epoch has to do no harm. Called off the control loop. Thread-safe.
 */
@FunctionalInterface
public interface TakeoverAction {
    /**
     * Recovers.
     *
     * @param order who from, who to, up to which epoch
     * @return how it went; a failed stage counts as {@link Recovery#failed}
     */
    CompletionStage<Recovery> recover(Order order);

    /**
     * What is to be done. Immutable.
     *
     * @param dead whose calls
     * @param incarnation the life that ended
     * @param successor who gets them
     * @param epoch dialogs of the dead node below this epoch move
     */
    record Order(Node dead, Incarnation incarnation, Node successor, long epoch) {
        /** Checks that nothing is missing. */
        public Order {
            Objects.requireNonNull(dead, "dead");
            Objects.requireNonNull(incarnation, "incarnation");
            Objects.requireNonNull(successor, "successor");
        }
    }

    /**
     * How a recovery went. Immutable.
     *
     * @param recovered whether the successor has the calls
     * @param calls how many of them it says it has; -1 if it did not say
     * @param detail what was seen, for people
     * @param lost how many it is known not to have, by reason; the router adds those that it knew and nobody speaks of
     */
    record Recovery(boolean recovered, int calls, String detail, Map<LossReason, Integer> lost) {
        /** Copies the map. */
        public Recovery {
            Objects.requireNonNull(detail, "detail");
            lost = Map.copyOf(lost);
        }

        /**
         * Without a word on what was lost.
         *
         * @param recovered whether the successor has the calls
         * @param calls how many of them it says it has; -1 if it did not say
         * @param detail what was seen, for people
         */
        public Recovery(boolean recovered, int calls, String detail) {
            this(recovered, calls, detail, Map.of());
        }

        /**
         * What is known to be lost.
         *
         * @param calls how many, by reason
         * @return a changed copy
         */
        public Recovery withLost(Map<LossReason, Integer> calls) {
            return new Recovery(recovered, this.calls, detail, calls);
        }

        /**
         * The successor has the calls.
         *
         * @param calls how many it says it has; -1 if it did not say
         * @return the outcome
         */
        public static Recovery of(int calls) {
            return new Recovery(true, calls, calls < 0 ? "recovered" : calls + " calls recovered");
        }

        /**
         * The successor has none of them.
         *
         * @param detail what was seen, for people
         * @return the outcome
         */
        public static Recovery failed(String detail) {
            return new Recovery(false, 0, detail);
        }
    }
}
