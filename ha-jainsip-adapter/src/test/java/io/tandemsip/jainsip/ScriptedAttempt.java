package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Explanation;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** An attempt that goes through its states as the contract says, and remembers. Thread-safe. */
final class ScriptedAttempt implements CallAttempt {
    private final ScriptedRouter router;
    private final CallRequest call;
    private final Node node;
    private final int index;
    private final AtomicReference<State> state = new AtomicReference<>(State.TRYING);
    final AtomicReference<Consumer<Failure>> lost = new AtomicReference<>();
    final AtomicReference<Failure> failure = new AtomicReference<>();

    ScriptedAttempt(ScriptedRouter router, CallRequest call, Node node, int index) {
        this.router = router;
        this.call = call;
        this.node = node;
        this.index = index;
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public int ordinal() {
        return index + 1;
    }

    @Override
    public String cookie() {
        return node.id().value();
    }

    @Override
    public void sent() {
        router.memory.put(call.callId(), node);
        Consumer<Failure> advice = lost.get();
        if (advice != null) {
            router.firstSent.complete(advice);
        }
    }

    @Override
    public void progressed(int statusCode) {
        if (router.broken) {
            throw new IllegalStateException("broken on purpose");
        }
        state.compareAndSet(State.TRYING, State.PROGRESSED);
    }

    @Override
    public void progressed(int statusCode, String toTag) {
        progressed(statusCode);
    }

    @Override
    public boolean answered(String toTag, Duration sessionInterval) {
        router.beforeAnswered.run();
        State now = state.updateAndGet(was -> was == State.TRYING || was == State.PROGRESSED ? State.ANSWERED : was);
        return now == State.ANSWERED;
    }

    @Override
    public Placement failed(Failure why) {
        State was = state.getAndUpdate(s -> s == State.TRYING || s == State.PROGRESSED ? State.FAILED : s);
        if (was == State.ABANDONED || was == State.ANSWERED) {
            return new Placement.Refused(487, Duration.ZERO, Placement.Cause.CALL_OVER, "over");
        }
        failure.set(why);
        if (why instanceof Failure.Response response
                && !router.policy.statusCodes().contains(response.statusCode())) {
            return new Placement.Refused(response.statusCode(), Duration.ZERO, Placement.Cause.FINAL_RESPONSE, "final");
        }
        return router.next(call, index + 1, 503);
    }

    @Override
    public void earlyMedia() {}

    @Override
    public void abandoned() {
        state.updateAndGet(was -> was == State.TRYING || was == State.PROGRESSED ? State.ABANDONED : was);
    }

    @Override
    public void refreshed() {
        // nothing to prolong
    }

    @Override
    public void ended() {
        state.set(State.ENDED);
    }

    @Override
    public void whenNodeLost(Consumer<Failure> action) {
        lost.set(action);
    }

    @Override
    public State state() {
        return state.get();
    }

    @Override
    public Explanation explanation() {
        throw new UnsupportedOperationException();
    }
}
