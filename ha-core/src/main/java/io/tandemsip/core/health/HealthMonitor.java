package io.tandemsip.core.health;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeNews;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * Watches one node: brings what happens to a {@link HealthMachine} and does what that wants done. Where it says nothing else, confined to the
 * control loop.
 *
 * <p>A probe that throws, hangs, answers twice or answers with nothing harms only itself: it counts as one that told
 * nothing. The probe is called on the loop, so one that may block has to be wrapped in an {@link OffLoopProbe}.
 */
public final class HealthMonitor {
    private final HealthMachine machine;
    private final double jitter;
    private final Loop loop;
    private final RandomGenerator random;
    private final Listener listener;
    private final ProbeRunner probes;
    private final Map<HealthTimer, Loop.Timer> timers = new EnumMap<>(HealthTimer.class);
    private final Queue<HealthEvent> events = new ArrayDeque<>();
    private final HealthProbe probe;
    private Node node;
    private HealthProbe.Watch watch = () -> {};
    private long watches;
    private HealthStatus status;
    private boolean running;
    private volatile boolean awaitsAnswer = true;

    /**
     * A monitor that watches nothing yet.
     *
     * @param node whom to watch
     * @param policy the numbers to judge by
     * @param probe how to ask it; not closed by this monitor
     * @param loop on which all of this happens
     * @param random shortens intervals
     * @param listener is told; on the loop, and must not throw
     */
    public HealthMonitor(
            Node node, HealthPolicy policy, HealthProbe probe, Loop loop, RandomGenerator random, Listener listener) {
        this.node = Objects.requireNonNull(node, "node");
        this.loop = Objects.requireNonNull(loop, "loop");
        this.random = Objects.requireNonNull(random, "random");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.probe = Objects.requireNonNull(probe, "probe");
        machine = new HealthMachine(policy);
        jitter = policy.jitter();
        probes = new ProbeRunner(probe, loop, this::answered);
        status = HealthStatus.unknown(loop.nanoTime());
    }

    /** Begins to watch; the first probe goes out at once. Idempotent. */
    public void start() {
        boolean begins = !status.running();
        on(new HealthEvent.Started(loop.nanoTime()));
        if (begins) {
            watch();
        }
    }

    /** Ends watching; the verdict stays as it is. Idempotent. */
    public void stop() {
        on(new HealthEvent.Stopped(loop.nanoTime()));
        unwatch();
        probes.forget();
    }

    /**
     * The node's configuration changed.
     *
     * @param changed the same node as it is now; if its destination is another one, it is asked there at once
     */
    public void node(Node changed) {
        boolean moved = !changed.destination().equals(node.destination());
        boolean described = !changed.attributes().equals(node.attributes());
        node = changed;
        if (moved) {
            on(new HealthEvent.Moved(loop.nanoTime()));
        }
        if (status.running() && (moved || described)) {
            unwatch();
            watch();
        }
    }

    private void watch() {
        long number = ++watches;
        try {
            watch = probe.watch(node, new News(number));
        } catch (RuntimeException | LinkageError failure) {
            listener.probeFailed("the probe could not watch: " + failure, true);
        }
    }

    private void unwatch() {
        watches++;
        HealthProbe.Watch ended = watch;
        watch = () -> {};
        try {
            ended.close();
        } catch (RuntimeException | LinkageError failure) {
            listener.probeFailed("the probe could not end a watch: " + failure, true);
        }
    }

    /**
     * Other routers ask the node too, or do no longer.
     *
     * @param times at how many intervals to ask it, 1 or more
     */
    public void spread(int times) {
        if (times != status.spread()) {
            on(new HealthEvent.Spread(loop.nanoTime(), times));
        }
    }

    /**
     * A request to the node has had no response so far.
     *
     * @param waitedNanos how long
     */
    public void silent(long waitedNanos) {
        on(new HealthEvent.Silent(loop.nanoTime(), waitedNanos));
    }

    /**
     * The node answered a request, with whatever status.
     *
     * @param sentAtNanos when the request was sent, on the loop's ticker
     */
    public void responded(long sentAtNanos) {
        on(new HealthEvent.Responded(loop.nanoTime(), sentAtNanos));
    }

    /**
     * Whether an answer of the node would be news: it is not while it is healthy and nobody doubts that. Any thread, and as of its last
     * event: of an answer and a doubt that come at the same moment the doubt may be taken for the later one, and probes decide.
     *
     * @return false if {@link #responded} would change nothing
     */
    public boolean awaitsAnswer() {
        return awaitsAnswer;
    }

    /**
     * A request could not be brought to the node.
     *
     * @param detail what was seen, for people
     */
    public void transportFailed(String detail) {
        on(new HealthEvent.TransportFailed(loop.nanoTime(), detail));
    }

    /**
     * Another router said what it thinks of the node.
     *
     * @param agrees whether it too holds the node for dead
     * @param observer which router, for people
     */
    public void otherOpinion(boolean agrees, String observer) {
        on(new HealthEvent.OtherOpinion(loop.nanoTime(), agrees, observer));
    }

    /**
     * What is known now.
     *
     * @return the status
     */
    public HealthStatus status() {
        return status;
    }

    private void answered(long id, ProbeResult result) {
        on(new HealthEvent.ProbeAnswered(loop.nanoTime(), id, result));
    }

    /** Events that effects give rise to wait until the effects at hand are done. */
    private void on(HealthEvent event) {
        events.add(event);
        if (running) {
            return;
        }
        running = true;
        try {
            for (HealthEvent next = events.poll(); next != null; next = events.poll()) {
                step(next);
            }
        } finally {
            running = false;
        }
    }

    /** Timers and probes come first, so that a listener that throws against its promise stalls nothing. */
    private void step(HealthEvent event) {
        HealthStep step = machine.on(status, event);
        status = step.status();
        awaitsAnswer = !HealthMachine.isPlain(status);
        List<HealthEffect> effects = step.effects();
        for (int i = 0; i < effects.size(); i++) {
            act(effects.get(i));
        }
        for (int i = 0; i < effects.size(); i++) {
            tell(effects.get(i));
        }
    }

    private void act(HealthEffect effect) {
        if (effect instanceof HealthEffect.Probe probe) {
            probes.send(probe.id(), node, probe.timeoutNanos());
        } else if (effect instanceof HealthEffect.Arm arm) {
            disarm(arm.timer());
            arm(arm);
        } else if (effect instanceof HealthEffect.Disarm disarm) {
            disarm(disarm.timer());
        }
    }

    private void arm(HealthEffect.Arm arm) {
        double share = arm.jittered() ? 1 - jitter * random.nextDouble() : 1;
        long delayNanos = (long) (arm.delayNanos() * share);
        long dueNanos = loop.nanoTime() + delayNanos;
        HealthTimer timer = arm.timer();
        timers.put(
                timer, loop.schedule(delayNanos, () -> on(new HealthEvent.TimerDue(loop.nanoTime(), timer, dueNanos))));
    }

    private void disarm(HealthTimer timer) {
        Loop.Timer set = timers.remove(timer);
        if (set != null) {
            set.cancel();
        }
    }

    private void tell(HealthEffect effect) {
        if (effect instanceof HealthEffect.Changed changed) {
            listener.healthChanged(changed.from(), changed.to(), changed.cause());
        } else if (effect instanceof HealthEffect.Reported reported) {
            listener.reported(reported.report(), reported.roundTrip());
        } else if (effect instanceof HealthEffect.Throttle throttle) {
            listener.overloaded(throttle.retryAfter(), throttle.cause());
        } else if (effect instanceof HealthEffect.Restarted restarted) {
            listener.restarted(restarted.from(), restarted.to(), restarted.provenNanos(), restarted.cause());
        } else if (effect instanceof HealthEffect.Announced announced) {
            listener.probeFailed(announced.detail(), announced.broken());
        }
    }

    /** What one watch tells; nothing once another began or it was ended. Thread-safe. */
    private final class News implements ProbeNews {
        private final long number;

        News(long number) {
            this.number = number;
        }

        @Override
        public void found(ProbeResult result) {
            loop.execute(() -> {
                if (number == watches) {
                    on(new HealthEvent.Learned(loop.nanoTime(), result));
                }
            });
        }

        @Override
        public void misconfigured(String cause) {
            loop.execute(() -> {
                if (number == watches) {
                    listener.probeMisconfigured(cause);
                }
            });
        }
    }

    /** Is told what a monitor finds. Called on the control loop. */
    public interface Listener {
        /**
         * The verdict changed.
         *
         * @param from the verdict before
         * @param to the verdict now
         * @param cause why, one sentence
         */
        void healthChanged(HealthState from, HealthState to, String cause);

        /**
         * The node said something of itself.
         *
         * @param report what it said
         * @param roundTrip from asking to the answer
         */
        void reported(NodeReport report, Duration roundTrip);

        /**
         * The node is alive and wants no new calls.
         *
         * @param retryAfter when it may be asked again by its own word; zero if it did not say
         * @param cause why, one sentence
         */
        void overloaded(Duration retryAfter, String cause);

        /**
         * The node was restarted.
         *
         * @param from the life before
         * @param to the life now
         * @param provenNanos when a probe was sent that still found it in the life before, on the loop's ticker
         * @param cause how that was seen, one sentence
         */
        void restarted(Incarnation from, Incarnation to, long provenNanos, String cause);

        /**
         * A probe failed, or told nothing.
         *
         * @param detail what happened, one sentence
         * @param broken whether it is this side that did not work, rather than the node
         */
        void probeFailed(String detail, boolean broken);

        /**
         * The node can't be watched until somebody changes a configuration.
         *
         * @param cause what is wrong, one line
         */
        default void probeMisconfigured(String cause) {}
    }
}
