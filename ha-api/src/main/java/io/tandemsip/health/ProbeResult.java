package io.tandemsip.health;

import java.time.Duration;
import java.util.Objects;

/** What one probe found. An expected outcome is a value; a probe never throws. */
public sealed interface ProbeResult {
    /**
     * The node answered and would take calls.
     *
     * @param roundTrip from sending to the answer
     * @param report what it said of itself
     */
    record Alive(Duration roundTrip, NodeReport report) implements ProbeResult {
        /** Checks that nothing is missing. */
        public Alive {
            Objects.requireNonNull(roundTrip, "roundTrip");
            Objects.requireNonNull(report, "report");
        }
    }

    /**
     * The node answered that it has too much to do: it is alive, and wants no new calls.
     *
     * @param retryAfter when it may be asked again by its own word; zero if it did not say
     * @param report what it said of itself
     */
    record Overloaded(Duration retryAfter, NodeReport report) implements ProbeResult {
        /** Checks that nothing is missing. */
        public Overloaded {
            Objects.requireNonNull(retryAfter, "retryAfter");
            Objects.requireNonNull(report, "report");
        }
    }

    /**
     * The node answered that it can't serve.
     *
     * @param detail what it said, for people
     */
    record NotReady(String detail) implements ProbeResult {
        /** Checks that nothing is missing. */
        public NotReady {
            Objects.requireNonNull(detail, "detail");
        }
    }

    /**
     * No answer within the timeout.
     *
     * @param waited how long was waited
     */
    record NoAnswer(Duration waited) implements ProbeResult {
        /** Checks that nothing is missing. */
        public NoAnswer {
            Objects.requireNonNull(waited, "waited");
        }
    }

    /**
     * The node's host refused: an ICMP port unreachable, a TCP reset. Nobody listens there.
     *
     * @param detail what was seen, for people
     */
    record Refused(String detail) implements ProbeResult {
        /** Checks that nothing is missing. */
        public Refused {
            Objects.requireNonNull(detail, "detail");
        }
    }

    /**
     * Another node answered than the one meant.
     *
     * @param expected the identity meant
     * @param found the identity that the answer carried
     */
    record WrongIdentity(String expected, String found) implements ProbeResult {
        /** Checks that nothing is missing. */
        public WrongIdentity {
            Objects.requireNonNull(expected, "expected");
            Objects.requireNonNull(found, "found");
        }
    }

    /**
     * The probe could not be sent, or broke: says nothing of the node.
     *
     * @param detail what went wrong here, for people
     */
    record LocalError(String detail) implements ProbeResult {
        /** Checks that nothing is missing. */
        public LocalError {
            Objects.requireNonNull(detail, "detail");
        }
    }
}
