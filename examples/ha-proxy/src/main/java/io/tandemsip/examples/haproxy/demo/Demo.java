package io.tandemsip.examples.haproxy.demo;

import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.DrainState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.examples.haproxy.StartFailure;
import io.tandemsip.node.HealthState;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** The story that the demo tells, step by step. Confined to one thread; events come in on another. */
final class Demo implements AutoCloseable {
    static final int CALLS_PER_SECOND = 50;
    private static final long FRAME_MILLIS = 250;
    private static final Duration CALM = Duration.ofSeconds(6);
    private static final Duration DEAD = Duration.ofSeconds(6);
    private static final Duration RECOVERY = Duration.ofSeconds(7);
    private static final Duration LAST = Duration.ofSeconds(3);
    private static final Duration MOST_DRAIN = Duration.ofSeconds(20);
    private static final Duration MOST_END = Duration.ofSeconds(12);

    private final Screen screen;
    private final DemoRig rig;
    private final Queue<String> notes = new ConcurrentLinkedQueue<>();
    private final AtomicLong detectedNanos = new AtomicLong();
    private final AtomicLong drainedNanos = new AtomicLong();
    private final long startNanos = System.nanoTime();
    private volatile long killNanos;
    private long revivedNanos;
    private long drainNanos;
    private long returnNanos;

    Demo(Screen screen) throws StartFailure, SocketException {
        this.screen = screen;
        this.rig = new DemoRig("demo", this::on, notes::add);
    }

    Verdict run() throws SocketException, InterruptedException {
        say("fs1 and fs2 behind the proxy, " + CALLS_PER_SECOND + " new calls a second, each lasts 1 to 3 s");
        rig.caller.start(CALLS_PER_SECOND);
        watch(CALM);
        kill();
        watch(DEAD);
        revive();
        watch(RECOVERY);
        drain();
        watch(LAST);
        rig.caller.stopPlacing();
        watchUntil(() -> rig.caller.counts().up() == 0, MOST_END);
        rig.caller.tellUnended();
        showNotes();
        return verdict();
    }

    private void kill() {
        say("KILL fs1: its socket closes, nothing answers");
        killNanos = System.nanoTime();
        rig.kill(rig.first);
    }

    private void revive() throws SocketException {
        say("fs1 is back on the same port and knows nothing of before");
        revivedNanos = System.nanoTime();
        rig.first.revive();
    }

    private void drain() throws InterruptedException {
        say("DRAIN fs2 while calls run");
        Drain drain = rig.router.drain(rig.second.name()).reason("demo").start();
        drainNanos = System.nanoTime();
        drain.completion().thenAccept(this::drained);
        watchUntil(() -> drain.progress().state().isFinal() && drainedNanos.get() != 0, MOST_DRAIN);
        say("return fs2 to service");
        returnNanos = System.nanoTime();
        rig.router.returnToService(rig.second.name(), "demo");
    }

    private void drained(DrainProgress progress) {
        if (progress.state() == DrainState.DRAINED) {
            drainedNanos.set(System.nanoTime());
        }
    }

    private void on(HaEvent event) {
        if (event instanceof HaEvent.HealthChanged health) {
            boolean keptAway = health.to() == HealthState.SUSPECT || health.to() == HealthState.DOWN;
            if (keptAway && killNanos != 0 && health.node().value().equals(rig.first.name())) {
                detectedNanos.compareAndSet(0, System.nanoTime());
            }
            notes.add(health.node() + " is " + health.to().name().toLowerCase(Locale.ROOT) + ": " + health.cause());
        } else if (event instanceof HaEvent.AdminChanged admin) {
            notes.add(admin.node() + " is "
                    + admin.to().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + admin.cause());
        } else if (event instanceof HaEvent.PartFailed part) {
            notes.add(part.what() + " failed: " + part.cause());
        }
    }

    private void say(String what) {
        screen.note("\n" + seconds() + what);
    }

    private String seconds() {
        return String.format(Locale.ROOT, "%5.1f s  ", (System.nanoTime() - startNanos) / 1e9);
    }

    private void watch(Duration time) throws InterruptedException {
        watchUntil(() -> false, time);
    }

    private void watchUntil(BooleanSupplier enough, Duration most) throws InterruptedException {
        long endNanos = System.nanoTime() + most.toNanos();
        while (!enough.getAsBoolean() && System.nanoTime() - endNanos < 0) {
            showNotes();
            screen.draw(Picture.of(
                    (System.nanoTime() - startNanos) / 1e9,
                    rig.caller.counts(),
                    rig.router.view().nodes()));
            TimeUnit.MILLISECONDS.sleep(FRAME_MILLIS);
        }
    }

    private void showNotes() {
        for (String note = notes.poll(); note != null; note = notes.poll()) {
            screen.note(seconds() + "  · " + note);
        }
    }

    private Verdict verdict() {
        CallerCounts caller = rig.caller.counts();
        NodeCounts first = rig.first.counts();
        NodeCounts second = rig.second.counts();
        long lastPickNanos =
                rig.picks.last(rig.first.name(), killNanos, revivedNanos).orElse(killNanos);
        return new Verdict(
                caller.placed(),
                caller.failed() + caller.up(),
                caller.lost(),
                caller.slow(),
                caller.slowestMillis(),
                first.misrouted() + second.misrouted(),
                rig.picks.count(rig.first.name(), killNanos, revivedNanos),
                Duration.ofNanos(lastPickNanos - killNanos),
                since(killNanos, detectedNanos.get()),
                rig.caller.answeredBy(rig.second.name(), drainNanos, returnNanos),
                drainedAfter());
    }

    /** The last call's end was noted when the drain ended; calls after the return came later. */
    private Optional<Duration> drainedAfter() {
        return since(rig.second.lastEndBefore(drainedNanos.get()), drainedNanos.get());
    }

    private static Optional<Duration> since(long fromNanos, long untilNanos) {
        return untilNanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(untilNanos - fromNanos));
    }

    @Override
    public void close() {
        rig.close();
    }
}
