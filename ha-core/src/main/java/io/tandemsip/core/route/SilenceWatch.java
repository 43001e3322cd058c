package io.tandemsip.core.route;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.Failure;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Notices that a node says nothing to its INVITEs, or nothing but 100. Callers only append to a queue; while INVITEs come,
 * the loop looks when the oldest that is unanswered has waited for as long as any may, then every 20 ms, and every 500 ms at those that
 * heard 100. Thread-safe where it says so, else confined to the control loop.
 */
final class SilenceWatch {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SLOW_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final NodeControl node;
    private final Loop loop;
    private final long floorNanos;
    private final long ceilingNanos;
    private final FailoverPolicy failover;
    private final ConcurrentLinkedQueue<Attempt> unanswered = new ConcurrentLinkedQueue<>();
    private final Queue<Attempt> trying = new ArrayDeque<>();
    private final Lookout silence;
    private final Lookout progress;
    private long seenAnswerSentNanos;
    private volatile boolean sawAnswered;

    SilenceWatch(NodeControl node, HealthPolicy policy, FailoverPolicy failover, Loop loop) {
        this.node = node;
        this.loop = loop;
        this.failover = failover;
        floorNanos = Nanos.of(policy.silenceFloor());
        ceilingNanos = Nanos.of(policy.silenceCeiling());
        silence = new Lookout(loop, this::untilNextLook, this::look, () -> sawAnswered || !unanswered.isEmpty());
        progress = new Lookout(loop, () -> SLOW_TICK_NANOS, this::lookAtTrying, () -> !trying.isEmpty());
    }

    /** None is silent for too long before the floor, and under traffic each look wakes a thread that finds nothing in its cache. */
    private long untilNextLook() {
        Attempt oldest = unanswered.peek();
        return oldest == null
                ? floorNanos
                : Math.max(TICK_NANOS, floorNanos - (loop.nanoTime() - oldest.sentAtNanos()));
    }

    /** An INVITE left. Any thread. */
    void sent(Attempt attempt) {
        unanswered.add(attempt);
        silence.begin();
    }

    NodeControl node() {
        return node;
    }

    /**
     * The node became suspect: every call that heard nothing moves on at once, if it can. One that no other node would take is
     * better off where it is, since one answer takes the verdict back.
     */
    void nodeSuspect() {
        adviseSilent(Attempt::mayMoveOn);
    }

    /** The node is gone, or as good as gone: every call that heard nothing is given up. */
    void nodeLost() {
        adviseSilent(attempt -> true);
    }

    private void adviseSilent(Predicate<Attempt> which) {
        Failure failure = new Failure.NodeLost(node.healthCause());
        for (Attempt attempt : unanswered) {
            if (attempt.isSilent() && which.test(attempt)) {
                attempt.nodeLost(failure);
            }
        }
    }

    /**
     * The node is confirmed down: calls that heard 100 from it move on too, and for those that rang the host is asked to
     * give up as well, since no answer will come.
     */
    void nodeDown() {
        nodeGone(node.healthCause());
    }

    /** The same where another gets its calls: one that is answered now could not be kept. */
    void nodeGone(String cause) {
        Failure failure = new Failure.NodeLost(cause);
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
    }

    /** Those that heard 100 and nothing more. */
    private void lookAtTrying() {
        long now = loop.nanoTime();
        long limitNanos = Nanos.of(failover.progressWithin());
        for (Iterator<Attempt> each = trying.iterator(); each.hasNext(); ) {
            Attempt attempt = each.next();
            if (!attempt.isTrying()) {
                each.remove();
            } else if (now - attempt.sentAtNanos() > limitNanos) {
                each.remove();
                attempt.nodeLost(new Failure.Timeout("nothing but 100 within " + Nanos.text(limitNanos)));
            }
        }
    }

    /** Each answer is one sign of life, whoever asks: a node that is down needs several. */
    void noticeAnswers() {
        long answered = node.live().lastAnsweredSentNanos();
        if (answered != seenAnswerSentNanos) {
            seenAnswerSentNanos = answered;
            node.monitor().responded(answered);
        }
    }

    /** How long the most patient one has waited beyond the limit; 0 if none has. Drops those that were answered. */
    private long silentNanos(long nowNanos) {
        long limitNanos = limitNanos(node.live());
        HealthState health = node.health();
        long longest = 0;
        sawAnswered = false;
        for (Iterator<Attempt> each = unanswered.iterator(); each.hasNext(); ) {
            Attempt attempt = each.next();
            if (!attempt.isSilent()) {
                each.remove();
                sawAnswered = true; // more of them may come: to begin anew with each would wake the loop twice as often
                if (attempt.isTrying()) {
                    trying.add(attempt);
                    progress.begin();
                }
                continue;
            }
            long waited = nowNanos - attempt.sentAtNanos();
            if (waited <= limitNanos) {
                break;
            }
            longest = Math.max(longest, waited);
            if (health == HealthState.DOWN || (health == HealthState.SUSPECT && attempt.mayMoveOn())) {
                attempt.nodeLost(new Failure.NodeLost(node.healthCause()));
            } else if (waited > patienceNanos(attempt)) {
                attempt.nodeLost(new Failure.Timeout("no response within " + Nanos.text(patienceNanos(attempt))));
            }
        }
        return longest;
    }

    /** How long an attempt may be silent: its own limit, and not beyond what the whole call may take. */
    private long patienceNanos(Attempt attempt) {
        long totalLeft = Nanos.of(failover.totalWithin()) - (attempt.begunAtNanos() - attempt.firstBegunAtNanos());
        return Math.max(0, Math.min(Nanos.of(failover.firstResponseWithin()), totalLeft));
    }

    private long limitNanos(LiveNode live) {
        return Math.min(ceilingNanos, Math.max(floorNanos, live.responseLimitNanos()));
    }
}
