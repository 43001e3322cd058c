package io.tandemsip.core.route;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that nodes had before a restart, where another node may get them. They end only when nobody moves them: others may have begun
 * to take over of which this router hears a moment later. Bounded by the nodes. {@link #settled} is thread-safe; all else is confined to the
 * control loop.
 */
final class FormerLives {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final ControlPlane control;
    private final Loop loop;
    private final Executor hosts;
    private final Predicate<NodeId> mayMove;
    private final long quietNanos;
    private final long waitNanos;
    private final ConcurrentMap<NodeId, Former> open = new ConcurrentHashMap<>();

    /**
     * Without any.
     *
     * @param control ends them
     * @param loop on which all of this happens
     * @param hosts on which those who waited go on, since their work is not for the loop
     * @param mayMove whether others may be moving a node's calls
     * @param quietNanos for how long it has to be certain that they are not
     * @param waitNanos for how long requests wait for that at most
     */
    FormerLives(
            ControlPlane control,
            Loop loop,
            Executor hosts,
            Predicate<NodeId> mayMove,
            long quietNanos,
            long waitNanos) {
        this.control = control;
        this.loop = loop;
        this.hosts = hosts;
        this.mayMove = mayMove;
        this.quietNanos = quietNanos;
        this.waitNanos = waitNanos;
    }

    /** A node was seen in its next life; in the one before it was seen last then. */
    void restarted(NodeId node, Incarnation from, long provenNanos) {
        Former known = open.get(node);
        Former former = known == null ? new Former(from) : known;
        former.provenNanos = provenNanos;
        former.quietSinceNanos = loop.nanoTime();
        if (known == null) {
            open.put(node, former);
            loop.schedule(LOOK_NANOS, () -> look(node, former));
            loop.schedule(waitNanos, () -> settle(former, false));
        }
    }

    private void look(NodeId node, Former former) {
        if (open.get(node) != former) {
            return;
        }
        if (!control.ids().contains(node)) {
            end(node);
            return;
        }
        long now = loop.nanoTime();
        if (mayMove.test(node)) {
            former.quietSinceNanos = now;
        } else if (now - former.quietSinceNanos >= quietNanos) {
            end(node);
            return;
        }
        loop.schedule(LOOK_NANOS, () -> look(node, former));
    }

    /** No other node gets them. */
    void end(NodeId node) {
        Former former = open.remove(node);
        if (former != null) {
            control.formerLifeEnded(node, former.provenNanos);
            settle(former, true);
        }
    }

    /** In which life it got what nobody has yet: the first of those that are open, or the present one. */
    Incarnation lifeOf(NodeId node, Incarnation present) {
        Former former = open.get(node);
        return former == null ? present : former.life;
    }

    boolean isOpen(NodeId node) {
        return open.containsKey(node);
    }

    /** It stands who gets them, so that nobody waits here any more. */
    void moved(NodeId node) {
        Former former = open.get(node);
        if (former != null) {
            settle(former, true);
        }
    }

    private void settle(Former former, boolean isKnown) {
        try {
            hosts.execute(() -> former.settled.complete(isKnown));
        } catch (RejectedExecutionException noThread) {
            former.settled.complete(isKnown);
        }
    }

    /**
     * Whether it is known who has what the node had before a restart. Any thread.
     *
     * @return null if there is nothing to know; else complete with true when it is, or with false when that takes too long
     */
    @Nullable
    CompletableFuture<Boolean> settled(NodeId node) {
        Former former = open.get(node);
        return former == null || former.settled.getNow(false) ? null : former.settled;
    }

    /** Of one node. */
    private static final class Former {
        private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
        private final Incarnation life;
        private long provenNanos;
        private long quietSinceNanos;

        Former(Incarnation life) {
            this.life = life;
        }
    }
}
