package io.tandemsip.core.health;

import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Drives a health machine against a node that behaves as told, and checks every verdict against its own book. */
final class MachineBench {
    static final long MILLI = 1_000_000;

    enum Behaviour {
        ALIVE,
        DEAD,
        REFUSING,
        OVERLOADED,
        NOT_READY,
        BROKEN_PROBE
    }

    /** A probe's answer or a timer on its way; times count from the start of the run. */
    private record Pending(
            long dueNanos, long sequence, HealthTimer timer, long probe, long sentNanos, ProbeResult result) {
        boolean isTimer() {
            return probe == 0;
        }
    }

    final HealthPolicy policy;
    final List<HealthEffect> effects = new ArrayList<>();
    final EvidenceBook book;
    HealthStatus status;
    Behaviour behaviour = Behaviour.ALIVE;
    boolean checked = true;
    private final HealthMachine machine;
    private final long startNanos;
    private final List<Pending> pending = new ArrayList<>();
    private long elapsedNanos;
    private long sequence;
    private long lastSettled;

    MachineBench(HealthPolicy policy, long startNanos) {
        this.policy = policy;
        this.startNanos = startNanos;
        machine = new HealthMachine(policy);
        book = new EvidenceBook(policy);
        status = HealthStatus.unknown(startNanos);
        on(new HealthEvent.Started(now()));
    }

    long now() {
        return startNanos + elapsedNanos;
    }

    HealthState state() {
        return status.state();
    }

    void advance(long millis) {
        long end = elapsedNanos + millis * MILLI;
        for (Optional<Pending> next = next(end); next.isPresent(); next = next(end)) {
            elapsedNanos = Math.max(elapsedNanos, next.get().dueNanos());
            fire(next.get());
        }
        elapsedNanos = end;
    }

    /** This process stands still; what was due meanwhile is handled after. */
    void pause(long millis) {
        elapsedNanos += millis * MILLI;
        book.paused(elapsedNanos);
        advance(0);
    }

    HealthStep on(HealthEvent event) {
        HealthState before = status.state();
        HealthStep step = machine.on(status, event);
        status = step.status();
        step.effects().forEach(this::run);
        if (checked) {
            book.check(before, step, elapsedNanos);
        }
        effects.addAll(step.effects());
        return step;
    }

    void silent() {
        book.negative(0, false);
        on(new HealthEvent.Silent(now(), 92 * MILLI));
    }

    void transportFailed() {
        book.negative(0, false);
        on(new HealthEvent.TransportFailed(now(), "port unreachable"));
    }

    void responded(long agoNanos) {
        book.positive(elapsedNanos - agoNanos, state());
        on(new HealthEvent.Responded(now(), now() - agoNanos));
    }

    void opinion(boolean agrees) {
        book.opinion(agrees);
        on(new HealthEvent.OtherOpinion(now(), agrees, "router-2"));
    }

    /** An answer that was given before, and one to a probe that was never sent. */
    List<HealthStep> staleAnswers() {
        return List.of(
                on(new HealthEvent.ProbeAnswered(now(), lastSettled, result(Behaviour.ALIVE, 0))),
                on(new HealthEvent.ProbeAnswered(now(), status.nextProbeId() + 7, result(Behaviour.DEAD, 0))));
    }

    private void run(HealthEffect effect) {
        if (effect instanceof HealthEffect.Arm arm) {
            drop(arm.timer());
            add(arm.delayNanos(), arm.timer(), 0, result(Behaviour.ALIVE, 0));
        } else if (effect instanceof HealthEffect.Disarm disarm) {
            drop(disarm.timer());
        } else if (effect instanceof HealthEffect.Probe probe) {
            boolean waits = behaviour == Behaviour.DEAD;
            long delayNanos = waits ? probe.timeoutNanos() : 3 * MILLI;
            add(delayNanos, HealthTimer.PROBE, probe.id(), result(behaviour, probe.timeoutNanos()));
        }
    }

    private void fire(Pending due) {
        pending.remove(due);
        if (due.isTimer()) {
            on(new HealthEvent.TimerDue(now(), due.timer(), startNanos + due.dueNanos()));
            return;
        }
        lastSettled = due.probe();
        boolean known = status.outstanding().containsKey(due.probe());
        if (known && (due.result() instanceof ProbeResult.Alive || due.result() instanceof ProbeResult.Overloaded)) {
            book.positive(due.sentNanos(), state());
        } else if (known && !(due.result() instanceof ProbeResult.LocalError)) {
            book.negative(due.sentNanos(), true);
        }
        on(new HealthEvent.ProbeAnswered(now(), due.probe(), due.result()));
    }

    private Optional<Pending> next(long end) {
        return pending.stream()
                .filter(each -> each.dueNanos() <= end)
                .min(Comparator.comparingLong(Pending::dueNanos).thenComparingLong(Pending::sequence));
    }

    private void add(long delayNanos, HealthTimer timer, long probe, ProbeResult result) {
        pending.add(new Pending(elapsedNanos + delayNanos, sequence++, timer, probe, elapsedNanos, result));
    }

    private void drop(HealthTimer timer) {
        pending.removeIf(each -> each.isTimer() && each.timer() == timer);
    }

    static ProbeResult result(Behaviour behaviour, long timeoutNanos) {
        return switch (behaviour) {
            case ALIVE -> new ProbeResult.Alive(Duration.ofMillis(3), NodeReport.NONE);
            case DEAD -> new ProbeResult.NoAnswer(Duration.ofNanos(timeoutNanos));
            case REFUSING -> new ProbeResult.Refused("port unreachable");
            case OVERLOADED -> new ProbeResult.Overloaded(Duration.ofSeconds(2), NodeReport.NONE);
            case NOT_READY -> new ProbeResult.NotReady("starting");
            case BROKEN_PROBE -> new ProbeResult.LocalError("no socket");
        };
    }
}
