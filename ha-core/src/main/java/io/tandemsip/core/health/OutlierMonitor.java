package io.tandemsip.core.health;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.health.OutlierPolicy;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Drives the {@link OutlierMachine} of one node. Confined to the control loop. */
public final class OutlierMonitor {
    private static final double JITTER = 0.1;

    private final OutlierMachine machine;
    private final Outcomes outcomes;
    private final Loop loop;
    private final RandomGenerator random;
    private final BooleanSupplier mayEject;
    private final Listener listener;
    private OutlierStatus status;
    private Loop.Timer timer = () -> {};

    /**
     * A monitor of a node without a call.
     *
     * @param policy the numbers
     * @param outcomes how its calls come out
     * @param loop on which all of this happens
     * @param random spreads returns
     * @param mayEject whether the node's pools can do without it now
     * @param listener is told; on the loop, and must not throw
     */
    public OutlierMonitor(
            OutlierPolicy policy,
            Outcomes outcomes,
            Loop loop,
            RandomGenerator random,
            BooleanSupplier mayEject,
            Listener listener) {
        machine = new OutlierMachine(policy);
        this.outcomes = Objects.requireNonNull(outcomes, "outcomes");
        this.loop = Objects.requireNonNull(loop, "loop");
        this.random = Objects.requireNonNull(random, "random");
        this.mayEject = Objects.requireNonNull(mayEject, "mayEject");
        this.listener = Objects.requireNonNull(listener, "listener");
        status = OutlierStatus.in(loop.nanoTime());
    }

    /**
     * A call failed on the node; it is counted already.
     *
     * @param local whether this side saw it, rather than the node answered it
     */
    public void failed(boolean local) {
        on(new OutlierEvent.Failed(loop.nanoTime(), local, outcomes.tally(), mayEject.getAsBoolean()));
    }

    /**
     * The call that tried the node came out.
     *
     * @param succeeded whether well
     */
    public void trialEnded(boolean succeeded) {
        on(new OutlierEvent.TrialEnded(loop.nanoTime(), succeeded));
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
    public OutlierStatus status() {
        return status;
    }

    private void on(OutlierEvent event) {
        OutlierStep step = machine.on(status, event);
        status = step.status();
        for (OutlierEffect effect : step.effects()) {
            if (effect instanceof OutlierEffect.Arm arm) {
                timer.cancel();
                double share = arm.jittered() ? 1 + JITTER * random.nextDouble() : 1;
                timer = loop.schedule(
                        (long) (arm.delayNanos() * share), () -> on(new OutlierEvent.TimerDue(loop.nanoTime())));
            } else if (effect instanceof OutlierEffect.Changed changed) {
                outcomes.forgetRows();
                listener.ejectionChanged(changed.from(), changed.to(), changed.cause());
            } else {
                listener.trialOpened();
            }
        }
    }

    /** Is told what a monitor finds. Called on the control loop. */
    public interface Listener {
        /**
         * The state changed.
         *
         * @param from the state before
         * @param to the state now
         * @param cause why, one sentence
         */
        void ejectionChanged(OutlierState from, OutlierState to, String cause);

        /** One call may try the node. */
        void trialOpened();
    }
}
