package io.tandemsip.examples.quickstart;

import io.tandemsip.node.SipDestination;
import java.time.Duration;

/** What a B2BUA has of a caller's side. Implemented by the host; thread-safe as it says. */
public interface IncomingCall {
    /**
     * The Call-ID.
     *
     * @return not empty
     */
    String callId();

    /**
     * The From tag.
     *
     * @return empty if there is none
     */
    String fromTag();

    /**
     * Sends the second leg.
     *
     * @param destination where to
     * @param listener is told what comes of it
     */
    void dial(SipDestination destination, LegListener listener);

    /**
     * Answers the caller with a failure.
     *
     * @param statusCode 300 to 699
     * @param retryAfter zero for none
     */
    void reject(int statusCode, Duration retryAfter);

    /** What comes of a second leg. */
    interface LegListener {
        /**
         * A provisional response.
         *
         * @param status 100 to 199
         */
        void ringing(int status);

        /**
         * A 2xx.
         *
         * @param toTag its To tag
         */
        void answered(String toTag);

        /**
         * A failure.
         *
         * @param status 300 to 699
         */
        void rejected(int status);

        /**
         * Nobody there.
         *
         * @param cause why
         */
        void unreachable(Exception cause);

        /** The caller hung up before an answer. */
        void callerGaveUp();
    }
}
