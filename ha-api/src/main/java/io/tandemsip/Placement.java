package io.tandemsip;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/** What becomes of a new call: a node to try, or a refusal. */
public sealed interface Placement {
    /**
     * One value out of either outcome.
     *
     * @param <T> what is made of it
     * @param placed if there is a node to try
     * @param refused if not
     * @return what the function that applied answered
     */
    <T> T fold(Function<? super CallAttempt, ? extends T> placed, Function<? super Refused, ? extends T> refused);

    /**
     * Does one thing out of either outcome.
     *
     * @param placed if there is a node to try
     * @param refused if not
     */
    void match(Consumer<? super CallAttempt> placed, Consumer<? super Refused> refused);

    /**
     * There is a node to try.
     *
     * @param attempt tell it what happens
     */
    record Placed(CallAttempt attempt) implements Placement {
        /** Checks that nothing is missing. */
        public Placed {
            Objects.requireNonNull(attempt, "attempt");
        }

        @Override
        public <T> T fold(
                Function<? super CallAttempt, ? extends T> placed, Function<? super Refused, ? extends T> refused) {
            return placed.apply(attempt);
        }

        @Override
        public void match(Consumer<? super CallAttempt> placed, Consumer<? super Refused> refused) {
            placed.accept(attempt);
        }
    }

    /**
     * There is none, or none more.
     *
     * @param statusCode what to answer the caller with; for {@link Cause#FINAL_RESPONSE} the node's own, to be relayed
     * @param retryAfter what to put into Retry-After; zero for no such header
     * @param cause which kind of refusal
     * @param reason why, for people
     */
    record Refused(int statusCode, Duration retryAfter, Cause cause, String reason) implements Placement {
        /** Checks that nothing is missing. */
        public Refused {
            Objects.requireNonNull(retryAfter, "retryAfter");
            Objects.requireNonNull(cause, "cause");
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public <T> T fold(
                Function<? super CallAttempt, ? extends T> placed, Function<? super Refused, ? extends T> refused) {
            return refused.apply(this);
        }

        @Override
        public void match(Consumer<? super CallAttempt> placed, Consumer<? super Refused> refused) {
            refused.accept(this);
        }

        /**
         * Whether the node's own final response is to be relayed to the caller.
         *
         * @return true for {@link Cause#FINAL_RESPONSE}
         */
        public boolean relaysResponse() {
            return cause == Cause.FINAL_RESPONSE;
        }
    }

    /** Why a call is refused. */
    enum Cause {
        /** No node is eligible. */
        NO_ELIGIBLE_NODE,
        /** Every node that may be tried was tried. */
        NODES_EXHAUSTED,
        /** The node's answer is final for the call: busy, forbidden, a redirect, a challenge. */
        FINAL_RESPONSE,
        /** The caller heard a ringing node already, and the policy forbids to begin anew. */
        AFTER_PROVISIONAL,
        /** The time for further attempts is over. */
        OUT_OF_TIME,
        /** So many calls fail at present that no more are tried again. */
        RETRY_BUDGET,
        /** The caller gave up, or the attempt had ended before. */
        CALL_OVER,
        /** No pool has that name. */
        NO_SUCH_POOL,
        /** The dialog store is away, and the policy refuses new calls then. */
        STORE_AWAY,
        /** The router is closed. */
        CLOSED
    }
}
