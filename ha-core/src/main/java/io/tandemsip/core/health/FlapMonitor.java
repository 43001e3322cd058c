package io.tandemsip.core.health;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.health.FlapPolicy;
import java.util.Objects;

/** Drives the {@link FlapMachine} of one node. Confined to the control loop. */
public final class FlapMonitor {
    private final FlapMachine machine;
    private final Loop loop;
    private final Listener listener;
    private FlapStatus status;
    private Loop.Timer timer = () -> {};

    /**
     * A monitor of a node that never fell.
     *
     * @param policy the numbers
     * @param loop on which all of this happens
     * @param listener is told; on the loop, and must not throw
     */
    public FlapMonitor(FlapPolicy policy, Loop loop, Listener listener) {
        machine = new FlapMachine(policy);
        this.loop = Objects.requireNonNull(loop, "loop");
        this.listener = Objects.requireNonNull(listener, "listener");
        status = FlapStatus.free(loop.nanoTime());
    }

    /**
     * The node fell.
     *
     * @param confirmed whether it is down, and was suspect before; else it became suspect
     */
    public void fell(boolean confirmed) {
        on(new FlapEvent.Fell(loop.nanoTime(), confirmed));
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
    public FlapStatus status() {
        return status;
    }

    private void on(FlapEvent event) {
        FlapStep step = machine.on(status, event);
        status = step.status();
        for (FlapEffect effect : step.effects()) {
            if (effect instanceof FlapEffect.Arm arm) {
                timer.cancel();
                timer = loop.schedule(arm.delayNanos(), () -> on(new FlapEvent.TimerDue(loop.nanoTime())));
            } else if (effect instanceof FlapEffect.Changed changed) {
                listener.holdChanged(changed.to(), changed.cause());
            }
        }
    }

    /** Is told what a monitor finds. Called on the control loop. */
    @FunctionalInterface
    public interface Listener {
        /**
         * The state changed.
         *
         * @param to the state now
         * @param cause why, one sentence
         */
        void holdChanged(FlapState to, String cause);
    }
}
