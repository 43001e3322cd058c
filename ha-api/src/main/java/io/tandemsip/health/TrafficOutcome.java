package io.tandemsip.health;

import java.time.Duration;
import java.util.Objects;

/**
 * What real traffic told about a node. {@link io.tandemsip.CallAttempt} reports its own; hosts that forward other
 * requests may report what they see through {@link io.tandemsip.HaRouter#report}.
 */
public sealed interface TrafficOutcome {
    /**
     * The node answered.
     *
     * @param statusCode the SIP status, 100 to 699
     * @param timeToFirstResponse from sending to the first response
     */
    record Responded(int statusCode, Duration timeToFirstResponse) implements TrafficOutcome {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if the status is not 100 to 699
         */
        public Responded {
            Objects.requireNonNull(timeToFirstResponse, "timeToFirstResponse");
            if (statusCode < 100 || statusCode > 699) {
                throw new IllegalArgumentException("status code: " + statusCode + "; expected 100 to 699");
            }
        }
    }

    /**
     * The node asked for less: 503, or what the host counts as such.
     *
     * @param retryAfter what it asked for; zero if it did not say
     */
    record Overloaded(Duration retryAfter) implements TrafficOutcome {
        /** Checks that nothing is missing. */
        public Overloaded {
            Objects.requireNonNull(retryAfter, "retryAfter");
        }
    }

    /**
     * A response said how much less the node wants, by RFC 7339 or RFC 7415. To be reported of responses to requests that this
     * host sent only.
     *
     * @param feedback what it said
     */
    record Controlled(OverloadFeedback feedback) implements TrafficOutcome {
        /** Checks that nothing is missing. */
        public Controlled {
            Objects.requireNonNull(feedback, "feedback");
        }
    }

    /**
     * No response at all so far.
     *
     * @param waited how long
     */
    record Silent(Duration waited) implements TrafficOutcome {
        /** Checks that nothing is missing. */
        public Silent {
            Objects.requireNonNull(waited, "waited");
        }
    }

    /**
     * The transport refused: connection reset, ICMP, no route.
     *
     * @param detail what was seen, for people
     */
    record TransportFailed(String detail) implements TrafficOutcome {
        /** Checks that nothing is missing. */
        public TransportFailed {
            Objects.requireNonNull(detail, "detail");
        }
    }
}
