package io.tandemsip;

import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

/** Where a request within a dialog goes. */
public sealed interface DialogRoute {
    /**
     * One value out of either outcome.
     *
     * @param <T> what is made of it
     * @param forward if it has an owner that can be reached
     * @param unroutable if not
     * @return what the function that applied answered
     */
    <T> T fold(Function<? super Forward, ? extends T> forward, Function<? super Unroutable, ? extends T> unroutable);

    /**
     * To its owner.
     *
     * @param node the owner
     * @param tier what knew it
     */
    record Forward(Node node, AffinityTier tier) implements DialogRoute {
        /** Checks that nothing is missing. */
        public Forward {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(tier, "tier");
        }

        @Override
        public <T> T fold(
                Function<? super Forward, ? extends T> forward, Function<? super Unroutable, ? extends T> unroutable) {
            return forward.apply(this);
        }
    }

    /** To nobody; the host answers it. An ACK is dropped instead. */
    sealed interface Unroutable extends DialogRoute {
        /**
         * What to answer with.
         *
         * @return a SIP status: 481 where the dialog is surely over, 503 where it may live on
         */
        int statusCode();

        /**
         * What to put into Retry-After.
         *
         * @return zero for no such header
         */
        Duration retryAfter();

        /**
         * Why, for people.
         *
         * @return one line
         */
        String reason();

        @Override
        default <T> T fold(
                Function<? super Forward, ? extends T> forward, Function<? super Unroutable, ? extends T> unroutable) {
            return unroutable.apply(this);
        }
    }

    /**
     * The dialog is over: it ended, or its owner restarted and forgot it.
     *
     * @param reason why, for people
     */
    record Gone(String reason) implements Unroutable {
        /** Checks that nothing is missing. */
        public Gone {
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public int statusCode() {
            return 481;
        }

        @Override
        public Duration retryAfter() {
            return Duration.ZERO;
        }
    }

    /**
     * The owner is confirmed down; the dialog may live on if it comes back, or if it is taken over.
     *
     * @param owner the node that has the dialog
     * @param retryAfter when it may be back
     */
    record OwnerDown(NodeId owner, Duration retryAfter) implements Unroutable {
        /** Checks that nothing is missing. */
        public OwnerDown {
            Objects.requireNonNull(owner, "owner");
            Objects.requireNonNull(retryAfter, "retryAfter");
        }

        @Override
        public int statusCode() {
            return 503;
        }

        @Override
        public String reason() {
            return "node " + owner + " is down";
        }
    }

    /** Nobody who could be asked knows the dialog, and all could be asked. */
    record Unknown() implements Unroutable {
        @Override
        public int statusCode() {
            return 481;
        }

        @Override
        public Duration retryAfter() {
            return Duration.ZERO;
        }

        @Override
        public String reason() {
            return "unknown dialog";
        }
    }

    /**
     * The store that would know could not be asked; the dialog may well live.
     *
     * @param retryAfter when to try again
     * @param reason what was seen, for people
     */
    record Undecided(Duration retryAfter, String reason) implements Unroutable {
        /** Checks that nothing is missing. */
        public Undecided {
            Objects.requireNonNull(retryAfter, "retryAfter");
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public int statusCode() {
            return 503;
        }
    }
}
