package io.tandemsip.examples.quickstart;

import io.tandemsip.CallRequest;
import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.node.SipDestination;
import java.time.Duration;

/** All that a B2BUA has to do: place a call, tell what becomes of it, and try the next node when one fails. Thread-safe. */
final class B2bua {
    private final HaRouter router;

    B2bua(HaRouter router) {
        this.router = router;
    }

    /** A call that came in, as some B2BUA has it. */
    interface IncomingCall {
        /** Calls a node for it. */
        void dial(SipDestination destination, LegListener listener);

        /** Answers the caller. */
        void reject(int status, Duration retryAfter);

        /** Its Call-ID. */
        String callId();

        /** The tag of From. */
        String fromTag();
    }

    /** Is told what becomes of the leg to a node. */
    interface LegListener {
        /** A provisional response. */
        void ringing(int status, String toTag);

        /** A 2xx. */
        void answered(String toTag);

        /** Any other final response. */
        void rejected(int status);

        /** Nothing could be sent. */
        void unreachable(Exception cause);

        /** The caller gave up first. */
        void callerGaveUp();

        /** The call that was answered is over. */
        void hungUp();
    }

    // snippet
    void onInvite(IncomingCall call) {
        tryNext(call, router.place(CallRequest.invite(call.callId(), call.fromTag())));
    }

    private void tryNext(IncomingCall call, Placement placement) {
        placement.match(
                attempt -> call.dial(attempt.node().destination(), new LegListener() {
                    @Override
                    public void ringing(int status, String toTag) {
                        attempt.progressed(status, toTag);
                    }

                    @Override
                    public void answered(String toTag) {
                        attempt.answered(toTag);
                    }

                    @Override
                    public void rejected(int status) {
                        tryNext(call, attempt.failed(Failure.response(status)));
                    }

                    @Override
                    public void unreachable(Exception cause) {
                        tryNext(call, attempt.failed(Failure.transport(cause)));
                    }

                    @Override
                    public void callerGaveUp() {
                        attempt.abandoned();
                    }

                    @Override
                    public void hungUp() {
                        attempt.ended();
                    }
                }),
                refused -> call.reject(refused.statusCode(), refused.retryAfter()));
    }
    // end of snippet
}
