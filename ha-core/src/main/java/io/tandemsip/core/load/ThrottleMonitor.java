package io.tandemsip.core.load;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.LoadState;
import java.time.Duration;
import java.util.Objects;

/** Drives the {@link ThrottleMachine} of one node. Confined to the control loop. */
public final class ThrottleMonitor {
    private final ThrottleMachine machine;
    private final Loop loop;
    private final Listener listener;
    private ThrottleStatus status = ThrottleStatus.AVAILABLE;
    private Loop.Timer timer = () -> {};

    /**
     * A monitor of a node that is available.
     *
     * @param policy gives the longest that one answer may throttle
     * @param loop on which all of this happens
     * @param listener is told; on the loop, and must not throw
     */
    public ThrottleMonitor(HealthPolicy policy, Loop loop, Listener listener) {
        machine = new ThrottleMachine(policy);
        this.loop = Objects.requireNonNull(loop, "loop");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /**
     * The node asked for less.
     *
     * @param retryAfter what it asked for; zero if it did not say
     * @param cause how that was seen, one sentence
     */
    public void overloaded(Duration retryAfter, String cause) {
        on(new ThrottleEvent.Overloaded(loop.nanoTime(), Nanos.of(retryAfter), cause));
    }

    /** The call that tried it was not refused for load; nothing happens unless one tries it. */
    public void tried() {
        on(new ThrottleEvent.Tried(loop.nanoTime()));
    }

    /** Takes the timer back; the node was removed. Idempotent. */
    public void stop() {
        timer.cancel();
    }

    /**
     * What is known now.
     *
     * @return the status
     */
    public ThrottleStatus status() {
        return status;
    }

    private void on(ThrottleEvent event) {
        ThrottleStep step = machine.on(status, event);
        status = step.status();
        listener.throttledUntil(status.untilNanos());
        for (ThrottleEffect effect : step.effects()) {
            if (effect instanceof ThrottleEffect.Arm arm) {
                timer.cancel();
                timer = loop.schedule(arm.delayNanos(), () -> on(new ThrottleEvent.TimerDue(loop.nanoTime())));
            } else if (effect instanceof ThrottleEffect.Changed changed) {
                listener.loadChanged(changed.from(), changed.to(), changed.cause());
            } else if (effect instanceof ThrottleEffect.Trial trial) {
                listener.throttleTrial(trial.open(), trial.cause());
            }
        }
    }

    /** Is told what a monitor finds. Called on the control loop. */
    public interface Listener {
        /**
         * When the throttle ends, which each answer puts off. Told before all else that comes of the same.
         *
         * @param untilNanos on the loop's ticker; means something while throttled only
         */
        void throttledUntil(long untilNanos);

        /**
         * The state changed.
         *
         * @param from the state before
         * @param to the state now
         * @param cause why, one sentence
         */
        void loadChanged(LoadState from, LoadState to, String cause);

        /**
         * One call may try whether the node takes calls again, or none any more.
         *
         * @param open whether a call may
         * @param cause why, one sentence
         */
        void throttleTrial(boolean open, String cause);
    }
}
