package io.tandemsip.jainsip;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sip.SipException;
import javax.sip.message.Request;

/** What a host is to do with a message, as {@link SipDoor} sees it. Immutable, but for {@link NodeWay}. */
public sealed interface SipWay permits NodeWay, SipWay.AsBefore, SipWay.Refused, SipWay.Drop {
    /**
     * One value out of each outcome.
     *
     * @param <T> what is made of it
     * @param node if the request goes to a node
     * @param refused if it is to be answered
     * @param asBefore if Tandem has no say in it
     * @param drop if nothing is to be sent
     * @return what the function that applied answered
     */
    default <T> T fold(
            Function<? super NodeWay, ? extends T> node,
            Function<? super Refused, ? extends T> refused,
            Supplier<? extends T> asBefore,
            Supplier<? extends T> drop) {
        if (this instanceof NodeWay way) {
            return node.apply(way);
        }
        if (this instanceof Refused answer) {
            return refused.apply(answer);
        }
        return this instanceof Drop ? drop.get() : asBefore.get();
    }

    /**
     * Whether the request is not to be sent: answer with {@link #statusCode}, unless it is an ACK.
     *
     * @return true for {@link Refused} and {@link Drop}
     */
    default boolean isRefused() {
        return false;
    }

    /**
     * What to answer with.
     *
     * @return a SIP status; 0 if nothing is to be answered
     */
    default int statusCode() {
        return 0;
    }

    /**
     * Makes the host's copy of a request ready, as {@link NodeWay#prepare}.
     *
     * @param outgoing is changed if it goes to a node
     * @return the same
     * @throws SipException if the stack does not let it be changed
     */
    default Request prepare(Request outgoing) throws SipException {
        return outgoing;
    }

    /**
     * What to do when the node dies before it answers, as {@link NodeWay#whenLost}.
     *
     * @param action is never called if no node is asked
     * @return this
     */
    default SipWay whenLost(Consumer<SipWay> action) {
        return this;
    }

    /**
     * Tandem has no say in it: do what the host did without. A request follows its own Route or Request-URI: it is a
     * node's own, or of a dialog that does not carry Tandem's mark and that nobody knows (begun before Tandem was put
     * in, say). A response is relayed.
     */
    record AsBefore() implements SipWay {
        static final AsBefore HERE = new AsBefore();
    }

    /**
     * Answer the caller with this.
     *
     * @param statusCode the SIP status
     * @param retryAfter what to put into Retry-After; zero for no such header
     * @param reason why, for people
     */
    record Refused(int statusCode, Duration retryAfter, String reason) implements SipWay {
        /** Checks that nothing is missing. */
        public Refused {
            Objects.requireNonNull(retryAfter, "retryAfter");
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public boolean isRefused() {
            return true;
        }
    }

    /**
     * Send nothing: an ACK that goes nowhere, the answer to a probe of Tandem's own, news of a branch that was given up.
     */
    record Drop() implements SipWay {
        static final Drop HERE = new Drop();

        @Override
        public boolean isRefused() {
            return true;
        }
    }
}
