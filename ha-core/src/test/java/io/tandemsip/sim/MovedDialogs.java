package io.tandemsip.sim;

import io.tandemsip.DialogRoute;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether requests of dead nodes' dialogs go where the take-overs say that stand: T1 and T2. Confined to one thread. */
final class MovedDialogs {
    private static final long SECOND = VirtualTime.SECOND;
    private static final long SPREAD_NANOS = TakeoverWatch.SPREAD_NANOS;

    /** How long a router that is new is not yet relied on by the others. */
    private static final long KNOWN_NANOS = 10 * SECOND;

    private final Simulation world;
    private final TakeoverWatch watch;
    private final boolean on;

    MovedDialogs(Simulation world, TakeoverWatch watch, boolean on) {
        this.world = world;
        this.watch = watch;
        this.on = on;
    }

    private void require(boolean holds, String invariant, Supplier<String> story) {
        world.checker.require(holds, invariant, story);
    }

    /** The take-over by which it is decided on a dialog, where these are obeyed. */
    private static @Nullable Takeover decides(Collection<Takeover> obeyed, SimCall call) {
        Takeover last = null;
        Takeover next = following(obeyed, call.bornAt, call.epoch);
        while (next != null) {
            last = next;
            next = next.state() == TakeoverState.RECOVERED ? following(obeyed, next.successor(), next.epoch()) : null;
        }
        return last;
    }

    /**
     * By which a node lost what it had under an epoch: the next one, but for those that failed before another of the same life. A router
     * that was cut off from the node names no life: then it may have been the same, and who is asked says itself that it has no such call.
     */
    private static @Nullable Takeover following(Collection<Takeover> obeyed, @Nullable NodeId holder, long since) {
        List<Takeover> later = obeyed.stream()
                .filter(each -> each.dead().equals(holder) && since < each.epoch())
                .sorted(Comparator.comparingLong(Takeover::epoch))
                .toList();
        for (int i = 0; i < later.size(); i++) {
            Takeover each = later.get(i);
            boolean isLast = i + 1 == later.size();
            if (each.state() != TakeoverState.FAILED
                    || isLast
                    || later.get(i + 1).incarnation().differsFrom(each.incarnation())) {
                return each;
            }
        }
        return null;
    }

    /** Whether a request may wait there, since nobody knows yet what becomes of its node. */
    boolean mayWait(SimCall call, SimRouter via) {
        if (!on || call.bornAt == null) {
            return false;
        }
        Takeover last = decides(via.router.takeovers(), call);
        NodeId holder = last == null ? call.bornAt : last.successor();
        return (last != null && last.state() == TakeoverState.FENCED)
                || isDown(via, holder)
                || (via != call.placedBy && watch.mayMove(via, holder));
    }

    /**
     * Whether a call is nobody's for the routers, though a node has it: it was moved and could not be recovered, in time or at all. What a
     * dead node still has when it is back is its own no more.
     */
    boolean isLost(SimCall call) {
        Takeover stands = on && call.bornAt != null ? decides(watch.standing(), call) : null;
        return stands != null
                && (stands.state() != TakeoverState.RECOVERED
                        || call.sinceEpoch != stands.epoch()
                        || call.owner != world.node(stands.successor()));
    }

    /** Whether a router has not heard who has the call now, so that what it shows of its first owner is of no use there. */
    boolean isUntold(SimCall call, SimRouter via) {
        if (!on || call.bornAt == null) {
            return false;
        }
        Takeover stands = decides(watch.standing(), call);
        return stands != null && watch.isInDoubt(via) && !stands.equals(decides(via.router.takeovers(), call));
    }

    /** Whether the call's router sends its requests where take-overs say, if any does: T1 and T2 say where that is. */
    boolean isMoved(SimCall call, SimRouter via) {
        return on && call.bornAt != null && decides(via.router.takeovers(), call) != null;
    }

    /** Whether the take-overs that a router obeys send a call's requests there, whether or not the call was recovered. */
    boolean leadTo(SimCall call, SimRouter via, NodeId node) {
        Takeover last = on ? decides(via.router.takeovers(), call) : null;
        return last != null
                && last.state() == TakeoverState.RECOVERED
                && last.successor().equals(node);
    }

    private boolean isDown(SimRouter via, NodeId node) {
        return via.router
                .view()
                .node(node)
                .filter(each -> each.health() == HealthState.DOWN)
                .isPresent();
    }

    /** It waits, and not for ever. */
    void checkWaits(SimCall call, SimRouter via, CompletionStage<DialogRoute> asked) {
        if (on && !asked.toCompletableFuture().isDone()) {
            Duration most = SimTakeovers.longestWait();
            world.time.after(
                    most.toNanos(),
                    () -> require(
                            via.dead || asked.toCompletableFuture().isDone(),
                            "T2",
                            () -> "a request of " + call + " waits at " + via + " for " + most.toSeconds() + " s"));
        }
    }

    /**
     * A request from outside.
     *
     * @return whether a take-over decides on it, so that its first node does not
     */
    boolean checkRoute(SimCall call, SimRouter via, boolean hasCookie, DialogRoute route) {
        if (!on || call.bornAt == null) {
            return false;
        }
        Takeover obeyed = decides(via.router.takeovers(), call);
        Takeover stands = decides(watch.standing(), call);
        if (obeyed == null && stands == null) {
            return false;
        }
        if (world.checker.isOfBranch(call, via, route)) {
            return true;
        }
        if (route instanceof DialogRoute.Undecided || route instanceof DialogRoute.Unknown) {
            require(!hasCookie, "T2", () -> via + " does not know " + call + ", which shows its cookie: " + route);
            return !call.request.method().equals("INVITE"); // nobody recovers a subscription
        }
        if (obeyed == null || !isSame(obeyed, stands)) {
            checkUntold(call, via, obeyed, stands);
        }
        if (obeyed != null) {
            checkObeyed(call, via, obeyed, route);
        }
        return true;
    }

    private static boolean isSame(Takeover obeyed, @Nullable Takeover stands) {
        return stands == null
                || (obeyed.epoch() == stands.epoch() && obeyed.state() == stands.state())
                || obeyed.epoch() > stands.epoch();
    }

    private void checkUntold(SimCall call, SimRouter via, @Nullable Takeover obeyed, @Nullable Takeover stands) {
        if (stands == null) {
            return;
        }
        long nanos = watch.ageNanos(stands);
        boolean late = nanos > SPREAD_NANOS && world.time.now() - via.bornNanos > SPREAD_NANOS && !watch.isInDoubt(via);
        require(
                !late || (obeyed != null && obeyed.epoch() == stands.epoch() && obeyed.state() != TakeoverState.FENCED),
                "T2",
                () -> via + " decided on a request of " + call + ", " + nanos / SECOND + " s after others obeyed "
                        + TakeoverWatch.describe(stands)
                        + (obeyed == null ? ", and knows nothing of it" : ", by " + TakeoverWatch.describe(obeyed)));
    }

    private void checkObeyed(SimCall call, SimRouter via, Takeover obeyed, DialogRoute route) {
        if (route instanceof DialogRoute.Forward forward) {
            NodeId to = forward.node().id();
            require(
                    !to.equals(obeyed.dead()),
                    "T1",
                    () -> via + " gives a request of " + call + " back to " + to + " by " + forward.tier()
                            + ", though it obeys " + TakeoverWatch.describe(obeyed));
            require(
                    obeyed.state() == TakeoverState.RECOVERED && to.equals(obeyed.successor()),
                    "T2",
                    () -> via + " sent a request of " + call + " to " + to + " by " + forward.tier()
                            + ", though it obeys " + TakeoverWatch.describe(obeyed));
        } else if (route instanceof DialogRoute.OwnerDown down) {
            require(
                    obeyed.state() != TakeoverState.RECOVERED
                            || isDown(via, obeyed.successor())
                            || (!isRecovered(call, obeyed) && watch.mayMove(via, obeyed.successor())),
                    "T2",
                    () -> via + " does not forward a request of " + call + " (" + down + "), though it obeys "
                            + TakeoverWatch.describe(obeyed));
        } else if (route instanceof DialogRoute.Gone gone) {
            require(
                    obeyed.state() != TakeoverState.FENCED
                            || call.ownerLife < life(obeyed.incarnation())
                            || (!obeyed.incarnation().isKnown() && call.owner.wasRestartedSince(call.ownerLife))
                            || call.owner != world.node(obeyed.dead()) // an earlier take-over could not move it
                            || !call.request.method().equals("INVITE"),
                    "T2",
                    () -> via + " says that " + call + " is gone while it is being recovered: " + gone.reason());
            require(
                    obeyed.state() == TakeoverState.FAILED || !isRecovered(call, obeyed),
                    "T2",
                    () -> via + " says that " + call + " is gone, which was recovered: " + gone.reason());
        }
    }

    /** What ended with an earlier life is none of what moves. */
    static int life(Incarnation incarnation) {
        String name = incarnation.value();
        return name.isEmpty() ? 0 : Integer.parseInt(name.substring(name.indexOf('-') + 1));
    }

    /**
     * Whether the successor has the call by this take-over, in the life in which it was to have it. A take-over that names no life may also move what
     * routers ended when they saw the node restarted: the store and who saw it say so until they have forgotten.
     */
    private boolean isRecovered(SimCall call, Takeover takeover) {
        SimNode node = world.node(takeover.successor());
        return call.livesAtOwner()
                && !call.byeSent
                && !call.movedLate
                && call.owner == node
                && call.sinceEpoch == takeover.epoch()
                && !takeover.successorIncarnation().differsFrom(new Incarnation(node.lifeName()));
    }

    /** A node's own request of a dialog. */
    void checkSpoken(SimCall call, SimNode node, SimRouter via, DialogRoute route) {
        if (call.over || call.byeSent || world.checker.hasEnded(call)) {
            return;
        }
        Takeover obeyed = decides(via.router.takeovers(), call);
        boolean passes = route instanceof DialogRoute.Forward;
        if (obeyed == null) {
            require(
                    watch.isInDoubt(via)
                            || world.time.now() - via.bornNanos < KNOWN_NANOS
                            || !passes
                            || call.owner == node,
                    "T1",
                    () -> via + " lets " + node.id + " speak for " + call + " and knows of no take-over");
            return;
        }
        boolean isSuccessor = node.id.equals(obeyed.successor()) && obeyed.state() != TakeoverState.FAILED;
        require(
                !passes || isSuccessor,
                "T1",
                () -> via + " lets " + node.id + " speak for " + call + ", though it obeys "
                        + TakeoverWatch.describe(obeyed));
        require(
                passes
                        || !isSuccessor
                        || !(route instanceof DialogRoute.Gone)
                        || !isRecovered(call, obeyed)
                        || !call.withCookie,
                "T2",
                () -> via + " does not let " + node.id + " speak for " + call + ", though it obeys "
                        + TakeoverWatch.describe(obeyed) + ": " + route);
    }
}
