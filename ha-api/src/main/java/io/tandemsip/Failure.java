package io.tandemsip;

import java.time.Duration;
import java.util.Objects;

/** Why an attempt at a node failed. */
public sealed interface Failure {
    /**
     * The node answered with a final response other than 2xx.
     *
     * @param statusCode 300 to 699
     * @return the failure
     */
    static Failure response(int statusCode) {
        return new Response(statusCode, Duration.ZERO);
    }

    /**
     * The node answered with a final response and said when to come back.
     *
     * @param statusCode 300 to 699
     * @param retryAfter its Retry-After; zero if it had none
     * @return the failure
     */
    static Failure response(int statusCode, Duration retryAfter) {
        return new Response(statusCode, retryAfter);
    }

    /**
     * The node did not answer in time.
     *
     * @return the failure
     */
    static Failure timeout() {
        return new Timeout("no final response in time");
    }

    /**
     * The request could not be delivered.
     *
     * @param cause what the transport said
     * @return the failure
     */
    static Failure transport(Throwable cause) {
        return new Transport(String.valueOf(cause.getMessage()));
    }

    /**
     * A final response.
     *
     * @param statusCode 300 to 699
     * @param retryAfter its Retry-After; zero if it had none
     */
    record Response(int statusCode, Duration retryAfter) implements Failure {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if the status is not 300 to 699
         */
        public Response {
            Objects.requireNonNull(retryAfter, "retryAfter");
            if (statusCode < 300 || statusCode > 699) {
                throw new IllegalArgumentException("status code: " + statusCode + "; expected 300 to 699");
            }
        }
    }

    /**
     * No answer in time.
     *
     * @param detail what was waited for, for people
     */
    record Timeout(String detail) implements Failure {
        /** Checks that nothing is missing. */
        public Timeout {
            Objects.requireNonNull(detail, "detail");
        }
    }

    /**
     * The transport refused.
     *
     * @param detail what it said, for people
     */
    record Transport(String detail) implements Failure {
        /** Checks that nothing is missing. */
        public Transport {
            Objects.requireNonNull(detail, "detail");
        }
    }

    /**
     * The INVITE had no response at all and the node is suspect, or no final one and the node is down: the router advises to
     * give it up.
     *
     * @param detail the evidence, for people
     */
    record NodeLost(String detail) implements Failure {
        /** Checks that nothing is missing. */
        public NodeLost {
            Objects.requireNonNull(detail, "detail");
        }
    }
}
