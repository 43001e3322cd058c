package io.tandemsip.core.route;

import io.tandemsip.CallRequest;
import io.tandemsip.ShadowReport;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.Tier;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.NodeId;
import io.tandemsip.selection.Selector;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Shows placements to a strategy that is never used. Callers only leave a note in a bounded queue; preparing and picking
 * happen on an executor, one at a time, so a strategy that hangs fills the queue, and what finds it full is counted as
 * dropped. It sees the nodes' real load, which the strategy in use makes. Thread-safe.
 */
final class Shadow {
    static final long DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);
    static final int MOST_WAITING = 4096;

    private final ShadowPicks picks;
    private final Executor executor;
    private final DecisionRing ring;
    private final PartFailures failures;
    private final EventBus events;
    private final long limit;
    private final ShadowTally tally = new ShadowTally();
    private final ConcurrentLinkedQueue<Note> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean();
    private final LongAdder dropped = new LongAdder();
    private long toldDecisions;

    Shadow(Watching watching, Executor executor, DecisionRing ring, PartFailures failures, EventBus events) {
        picks = new ShadowPicks(watching);
        this.executor = executor;
        this.ring = ring;
        this.failures = failures;
        this.events = events;
        limit = (long) (watching.shadowShare() * (1L << 32));
    }

    /** Runs on the callers' threads. */
    void offer(Attempt attempt, Tier tier, int slot) {
        if (!isSampled(attempt.callId())) {
            return;
        }
        if (size.incrementAndGet() > MOST_WAITING) {
            size.decrementAndGet();
            dropped.increment();
            return;
        }
        waiting.add(new Note(attempt, attempt.call(), tier, slot));
    }

    private boolean isSampled(String callId) {
        return Integer.toUnsignedLong(callId.hashCode() * 0x9E3779B9) < limit;
    }

    /** Runs on the control loop. */
    void drain() {
        if (!waiting.isEmpty() && running.compareAndSet(false, true)) {
            try {
                executor.execute(this::decideAll);
            } catch (RejectedExecutionException noThread) {
                running.set(false);
                failures.report("shadow strategy", "no thread to decide on");
            }
        }
    }

    private void decideAll() {
        try {
            for (Note note = waiting.poll(); note != null; note = waiting.poll()) {
                size.decrementAndGet();
                decide(note);
            }
        } finally {
            running.set(false);
        }
    }

    private void decide(Note note) {
        LiveNode[] nodes = note.tier().nodes();
        try {
            int index = picks.pick(note.tier(), note.attempt(), note.call());
            if (index == Selector.NONE) {
                failed("picked nobody or a node that must not be picked");
                return;
            }
            tally.decided(nodes, nodes[index], note.attempt().live());
            ring.answered(note.slot(), note.attempt(), nodes[index]);
        } catch (RuntimeException | Error failure) {
            failed(failure.toString());
        }
    }

    private void failed(String how) {
        tally.failed();
        failures.report("shadow strategy " + picks.name(), how);
    }

    ShadowReport report() {
        return tally.report(picks.name(), dropped.sum());
    }

    /** Runs on the control loop; forgets nodes that left. */
    void tell(Collection<NodeId> nodes) {
        tally.keep(nodes);
        ShadowReport report = report();
        long told = report.decided() + report.failed() + report.dropped();
        if (told != toldDecisions) {
            toldDecisions = told;
            String words = String.format(
                    Locale.ROOT,
                    "agrees on %.1f %% of %d calls; busiest node over mean %.2f, in fact %.2f",
                    100 * report.agreement(),
                    report.decided(),
                    report.shadowImbalance(),
                    report.actualImbalance());
            events.publish(new HaEvent.ShadowReported(events.clock().instant(), report, words));
        }
    }

    /** With the call as it was placed: an attempt that was answered meanwhile has let go of its message. */
    private record Note(Attempt attempt, CallRequest call, Tier tier, int slot) {}
}
