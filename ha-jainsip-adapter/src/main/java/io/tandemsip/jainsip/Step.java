package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sip.header.Header;
import javax.sip.message.Response;

/** What a response context does next. */
sealed interface Step {
    /**
     * Sends the request by a fresh branch.
     *
     * @param destination the node; empty for where the request's own Route or Request-URI leads
     * @param recordRoute what to put into Record-Route; empty for no such header
     * @param contact the registered contact it is sent to; empty for none
     */
    record Send(Optional<SipDestination> destination, Optional<RouteMark> recordRoute, Optional<ToContact> contact)
            implements Step {
        Send(Optional<SipDestination> destination, Optional<RouteMark> recordRoute) {
            this(destination, recordRoute, Optional.empty());
        }

        /** The same to another address. */
        Send to(SipDestination other) {
            return new Send(Optional.of(other), recordRoute, contact);
        }
    }

    /**
     * Hands a node's final response on.
     *
     * @param response as it was received
     */
    record Relay(Response response) implements Step {}

    /**
     * Answers for itself.
     *
     * @param statusCode the status
     * @param retryAfter what to put into Retry-After; zero for no such header
     */
    record Answer(int statusCode, Duration retryAfter) implements Step {
        static Answer of(int statusCode) {
            return new Answer(statusCode, Duration.ZERO);
        }
    }

    /**
     * Answers for itself, and says more.
     *
     * @param statusCode the status
     * @param headers to be added
     */
    record Reply(int statusCode, List<Header> headers) implements Step {
        /** Copies the list. */
        public Reply {
            headers = List.copyOf(headers);
        }
    }

    /** Waits for what a branch brings. */
    record Wait() implements Step {
        static final Wait HERE = new Wait();
    }
}
