package io.tandemsip.core.route;

import io.tandemsip.Failure;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Notices that a node says nothing to its INVITEs. Callers only append to a queue; while there is something in it, the
 * loop looks every 20 ms. Thread-safe where it says so, else confined to the control loop.
 */
final class SilenceWatch {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final NodeControl node;
    private final Loop loop;
    private final long floorNanos;
    private final long ceilingNanos;
    private final ConcurrentLinkedQueue<Attempt> unanswered = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private long seenAnswerSentNanos;

    SilenceWatch(NodeControl node, HealthPolicy policy, Loop loop) {
        this.node = node;
        this.loop = loop;
        floorNanos = Nanos.of(policy.silenceFloor());
        ceilingNanos = Nanos.of(policy.silenceCeiling());
    }

    /** An INVITE left. Any thread. */
    void sent(Attempt attempt) {
        unanswered.add(attempt);
        if (!looking.get() && looking.compareAndSet(false, true)) {
            loop.schedule(TICK_NANOS, this::look);
        }
    }

    NodeControl node() {
        return node;
    }

    /** The node became suspect: every call that heard nothing moves on at once. */
    void nodeLost() {
        Failure failure = new Failure.NodeLost(node.healthCause());
        for (Attempt attempt : unanswered) {
            if (attempt.isSilent()) {
                attempt.nodeLost(failure);
            }
        }
    }

    /**
     * The node is confirmed down: calls that heard 100 from it move on too, and for those that rang the host is asked to
     * give up as well, since no answer will come.
     */
    void nodeDown() {
        Failure failure = new Failure.NodeLost(node.healthCause());
        for (LiveCall call : node.live().places().holders()) {
            if (call instanceof Attempt attempt && attempt.isOpen()) {
                attempt.nodeLost(failure);
            }
        }
    }

    private void look() {
        noticeAnswers();
        long silentNanos = silentNanos(loop.nanoTime());
        if (silentNanos > 0) {
            node.monitor().silent(silentNanos);
        }
        lookAgain();
    }

    private void lookAgain() {
        if (!unanswered.isEmpty()) {
            loop.schedule(TICK_NANOS, this::look);
            return;
        }
        looking.set(false);
        if (!unanswered.isEmpty() && looking.compareAndSet(false, true)) {
            loop.schedule(TICK_NANOS, this::look);
        }
    }

    private void noticeAnswers() {
        long answered = node.live().lastAnsweredSentNanos();
        if (answered != seenAnswerSentNanos) {
            seenAnswerSentNanos = answered;
            node.monitor().responded(answered);
        }
    }

    /** How long the most patient one has waited beyond the limit; 0 if none has. Drops those that were answered. */
    private long silentNanos(long nowNanos) {
        long limitNanos = limitNanos(node.live());
        boolean lost = isLost();
        long longest = 0;
        for (Iterator<Attempt> each = unanswered.iterator(); each.hasNext(); ) {
            Attempt attempt = each.next();
            if (!attempt.isSilent()) {
                each.remove();
                continue;
            }
            long waited = nowNanos - attempt.sentAtNanos();
            if (waited <= limitNanos) {
                break;
            }
            longest = Math.max(longest, waited);
            if (lost) {
                attempt.nodeLost(new Failure.NodeLost(node.healthCause()));
            }
        }
        return longest;
    }

    private boolean isLost() {
        return node.health() == HealthState.SUSPECT || node.health() == HealthState.DOWN;
    }

    private long limitNanos(LiveNode live) {
        return Math.min(ceilingNanos, Math.max(floorNanos, live.responseLimitNanos()));
    }
}
