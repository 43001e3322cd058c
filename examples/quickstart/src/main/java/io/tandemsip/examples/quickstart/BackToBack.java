package io.tandemsip.examples.quickstart;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;

/** All that a B2BUA does to have its calls placed and failed over. Thread-safe. */
public final class BackToBack {
    private final HaRouter router;

    /**
     * A B2BUA's routing.
     *
     * @param router decides where calls go
     */
    public BackToBack(HaRouter router) {
        this.router = router;
    }

    // snippet:b2bua
    /**
     * A caller's INVITE came.
     *
     * @param call the caller's side
     */
    public void onInvite(IncomingCall call) {
        tryNext(call, router.place(CallRequest.invite(call.callId(), call.fromTag())));
    }

    private void tryNext(IncomingCall call, Placement placement) {
        placement.match(
                attempt -> call.dial(attempt.node().destination(), new Leg(call, attempt)),
                refused -> call.reject(refused.statusCode(), refused.retryAfter()));
    }

    private final class Leg implements IncomingCall.LegListener {
        private final IncomingCall call;
        private final CallAttempt attempt;

        Leg(IncomingCall call, CallAttempt attempt) {
            this.call = call;
            this.attempt = attempt;
        }

        @Override
        public void ringing(int status) {
            attempt.progressed(status);
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
    }
    // end:b2bua
}
