package io.tandemsip.core.route;

import io.tandemsip.DialogRoute;
import io.tandemsip.core.affinity.CookieCodec;
import io.tandemsip.core.affinity.Owners;
import io.tandemsip.core.affinity.Owners.Owner;
import io.tandemsip.core.affinity.TakeoverRoutes;
import io.tandemsip.core.cluster.OwnMoves;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.takeover.TakeoverTable;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What take-overs mean for this router: which requests go to whom, and which wait. {@link #route} and {@link #table} are
 * thread-safe; all else is confined to the control loop.
 */
final class Takeovers implements OwnMoves, TakeoverRoutes, ControlPlane.RestartWatch {
    private static final int MOST_HELD = 10_000;
    /** For how long a node that speaks for another's dialog may be ahead of the news that it took it over. */
    private static final long NEWS_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Duration SOON = Duration.ofSeconds(1);

    private final ControlPlane control;
    private final ConfiguredNodes configured;
    private final TakeoverNodes nodes;
    private final SuccessorLives lives = new SuccessorLives();
    private final Owners owners;
    private final Loop loop;
    private final EventBus events;
    private final TakeoverPolicy policy;
    private final TakeoverActs acts;
    private final FormerLives formerLives;
    private final RefusedBindings refused;
    private final BooleanSupplier hearsOthers;
    private final Executor effects;
    private final ConcurrentMap<NodeId, CompletableFuture<Boolean>> gaps = new ConcurrentHashMap<>();
    /** Nodes that are down; complete when it is decided whether another gets their dialogs. */
    private final ConcurrentMap<NodeId, CompletableFuture<Boolean>> down = new ConcurrentHashMap<>();

    private final AtomicInteger held = new AtomicInteger();
    private final Map<NodeId, List<CompletableFuture<Boolean>>> early = new HashMap<>();
    /** The epochs under which this router began take-overs itself. */
    private final Map<NodeId, Long> begun = new HashMap<>();

    private volatile TakeoverTable table = TakeoverTable.EMPTY;

    Takeovers(
            ControlPlane control,
            ConfiguredNodes configured,
            Owners owners,
            Loop loop,
            EventBus events,
            TakeoverPolicy policy,
            TakeoverAction action,
            DialogStore store,
            Executor storeCalls,
            Executor effects,
            RefusedBindings refused,
            BooleanSupplier hearsOthers) {
        this.control = control;
        this.configured = configured;
        nodes = new TakeoverNodes(control);
        this.owners = owners;
        this.loop = loop;
        this.events = events;
        this.policy = policy;
        this.effects = effects;
        this.refused = refused;
        this.hearsOthers = hearsOthers;
        acts = new TakeoverActs(nodes, loop, action, store, storeCalls, effects);
        formerLives = new FormerLives(
                control, loop, effects, this::mayMove, NEWS_NANOS, Nanos.of(policy.downFor()) + 2 * NEWS_NANOS);
    }

    TakeoverTable table() {
        return table;
    }

    // --- requests within dialogs ---

    @Override
    public @Nullable CompletionStage<DialogRoute> route(NodeId owner, long epoch, Optional<NodeId> sender) {
        TakeoverTable now = table;
        Takeover takeover = now.isEmpty() ? null : now.of(owner, epoch);
        if (takeover == null) {
            return sender.isEmpty() || sender.get().equals(owner)
                    ? null
                    : whenToldOf(owner, owner, epoch, sender.get());
        }
        if (sender.isPresent()) {
            return isOfAnother(takeover, sender.get())
                    ? whenToldOf(takeover.successor(), owner, epoch, sender.get())
                    : CompletableFuture.completedFuture(ofNode(takeover, sender.get()));
        }
        if (takeover.state() == TakeoverState.FENCED) {
            return hold(takeover, owner, epoch);
        }
        DialogRoute settled = settled(takeover);
        if (settled instanceof DialogRoute.Gone && takeover.state() == TakeoverState.RECOVERED) {
            return whenSettled(takeover.successor(), owner, epoch, settled);
        }
        CompletionStage<Boolean> decided =
                settled instanceof DialogRoute.OwnerDown ? whenDecided(takeover.successor()) : null;
        return decided == null
                ? CompletableFuture.completedFuture(settled)
                : decided.thenCompose(any -> Objects.requireNonNull(route(owner, epoch, sender)));
    }

    /** The successor was restarted, and another may get in its turn what it had taken. */
    private CompletionStage<DialogRoute> whenSettled(NodeId successor, NodeId owner, long epoch, DialogRoute gone) {
        CompletionStage<Boolean> settled = whenSettled(successor);
        return settled == null
                ? CompletableFuture.completedFuture(gone)
                : settled.thenCompose(isKnown -> isKnown
                        ? Objects.requireNonNull(route(owner, epoch, Optional.empty()))
                        : CompletableFuture.completedFuture(new DialogRoute.OwnerDown(successor, SOON)));
    }

    @Override
    public DialogBinding standing(DialogBinding binding) {
        TakeoverTable now = table;
        Takeover takeover = now.isEmpty() ? null : now.of(binding.owner(), binding.epoch());
        return takeover == null || takeover.state() != TakeoverState.RECOVERED
                ? binding
                : new DialogBinding(
                        binding.dialog(),
                        takeover.successor(),
                        takeover.successorIncarnation(),
                        takeover.epoch(),
                        binding.phase());
    }

    @Override
    public @Nullable CompletionStage<Boolean> whenDecided(NodeId node) {
        CompletableFuture<Boolean> decided = down.get(node);
        return decided == null || decided.isDone() ? null : waiting(decided);
    }

    @Override
    public @Nullable CompletionStage<Boolean> whenSettled(NodeId restarted) {
        CompletableFuture<Boolean> settled = formerLives.settled(restarted);
        if (settled == null || settled.isDone()) {
            return settled;
        }
        CompletionStage<Boolean> waiting = waiting(settled);
        return waiting == null ? CompletableFuture.completedFuture(false) : waiting;
    }

    @Override
    public void refused(DialogBinding binding, Duration timeToLive) {
        loop.execute(() -> {
            Takeover takeover = table.of(binding.owner(), binding.epoch());
            if (takeover == null || takeover.state() == TakeoverState.FENCED) {
                refused.add(takeover == null ? binding.owner() : takeover.dead(), binding, timeToLive);
            } else if (takeover.state() == TakeoverState.RECOVERED) {
                refused.again(binding, timeToLive);
            }
        });
    }

    /** Null if as many requests wait as memory is to hold. */
    private @Nullable CompletionStage<Boolean> waiting(CompletableFuture<Boolean> until) {
        if (held.incrementAndGet() > MOST_HELD) {
            held.decrementAndGet();
            return null;
        }
        return until.thenApply(over -> {
            held.decrementAndGet();
            return over;
        });
    }

    /** What another than these two says may be of the next take-over, of which nothing was heard yet. */
    private static boolean isOfAnother(Takeover takeover, NodeId sender) {
        return takeover.state() == TakeoverState.RECOVERED
                && !sender.equals(takeover.successor())
                && !sender.equals(takeover.dead());
    }

    /**
     * The router that acts knows of a take-over some milliseconds before the others do, and the successor is as quick: its request
     * waits for the news here. Without news nobody may speak for another.
     */
    private CompletionStage<DialogRoute> whenToldOf(NodeId holder, NodeId owner, long epoch, NodeId sender) {
        CompletableFuture<Boolean> news = new CompletableFuture<>();
        CompletionStage<Boolean> waiting = waiting(news);
        if (waiting == null) {
            return CompletableFuture.completedFuture(ofStranger(holder, sender));
        }
        loop.execute(() -> expect(holder, owner, epoch, news));
        return waiting.thenApply(over -> {
            Takeover then = table.of(owner, epoch);
            return then == null ? ofStranger(holder, sender) : ofNode(then, sender);
        });
    }

    private void expect(NodeId holder, NodeId owner, long epoch, CompletableFuture<Boolean> news) {
        Takeover then = table.of(owner, epoch);
        if (then != null && then.dead().equals(holder)) {
            open(news);
            return;
        }
        early.computeIfAbsent(holder, none -> new ArrayList<>()).add(news);
        loop.schedule(NEWS_NANOS, () -> {
            List<CompletableFuture<Boolean>> waiting = early.get(holder);
            if (waiting != null && waiting.removeIf(each -> each == news)) {
                if (waiting.isEmpty()) {
                    early.remove(holder);
                }
                open(news);
            }
        });
    }

    private DialogRoute ofStranger(NodeId holder, NodeId sender) {
        Owner owner = owners.owner(holder);
        return owner != null && !owner.reachable()
                ? new DialogRoute.OwnerDown(holder, owner.retryAfter())
                : new DialogRoute.Gone("node " + holder + " has it, not node " + sender);
    }

    /** The successor speaks for the dialog as soon as it recovers it, and nobody else from the fence on. */
    private DialogRoute ofNode(Takeover takeover, NodeId sender) {
        if (takeover.state() == TakeoverState.FAILED) {
            return new DialogRoute.Gone("node " + takeover.dead() + " died with it, and no other could recover it");
        }
        return sender.equals(takeover.successor())
                ? toSuccessor(takeover)
                : new DialogRoute.Gone("node " + takeover.successor() + " has taken it over, not node " + sender);
    }

    /** As long as the successor may take. */
    private CompletionStage<DialogRoute> hold(Takeover takeover, NodeId owner, long epoch) {
        CompletableFuture<Boolean> gap = gaps.get(takeover.dead());
        CompletionStage<Boolean> waiting = gap == null ? null : waiting(gap);
        if (waiting == null) {
            return CompletableFuture.completedFuture(new DialogRoute.OwnerDown(takeover.dead(), SOON));
        }
        return waiting.thenApply(over -> {
            Takeover then = table.of(owner, epoch);
            return settled(then == null ? takeover : then);
        });
    }

    /** While it is open who has it, nobody is told that it is gone: whoever acts may be quicker than the next who does. */
    private DialogRoute settled(Takeover takeover) {
        return switch (takeover.state()) {
            case RECOVERED -> toSuccessor(takeover);
            case FENCED -> new DialogRoute.OwnerDown(takeover.dead(), SOON);
            case FAILED -> lost(takeover.dead());
        };
    }

    private DialogRoute toSuccessor(Takeover takeover) {
        NodeId successor = takeover.successor();
        Owner owner = owners.owner(successor);
        if (owner == null) {
            return new DialogRoute.Gone("node " + successor + ", which took it over, is not configured any more");
        }
        if (lives.isRestarted(takeover, owner.incarnation())) {
            return new DialogRoute.Gone("node " + successor + " was restarted since it took the dialog over");
        }
        return owner.reachable()
                ? new DialogRoute.Forward(owner.node(), AffinityTier.TAKEOVER)
                : new DialogRoute.OwnerDown(successor, owner.retryAfter());
    }

    /** As if its owner were down, until that is back without it. */
    private DialogRoute lost(NodeId dead) {
        Owner owner = owners.owner(dead);
        return owner != null && owner.reachable()
                ? new DialogRoute.Gone("node " + dead + " died with it, and no other could recover it")
                : new DialogRoute.OwnerDown(dead, owner == null ? SOON : owner.retryAfter());
    }

    /** A verdict changed: whether another takes over is open while a node is down, for as long as that has to stand, and a little. */
    void review() {
        down.keySet().retainAll(control.ids());
        refused.retain(control.ids());
        for (NodeId node : control.ids()) {
            if (!nodes.isDown(node)) {
                decided(down.remove(node));
            } else if (!down.containsKey(node)) {
                CompletableFuture<Boolean> decided = new CompletableFuture<>();
                down.put(node, decided);
                loop.schedule(Nanos.of(policy.downFor()) + NEWS_NANOS, () -> decided(decided));
            }
        }
    }

    private void decided(@Nullable CompletableFuture<Boolean> waiting) {
        if (waiting != null && !waiting.isDone()) {
            open(waiting);
        }
    }

    // --- what stands ---

    @Override
    public Set<NodeId> nodes() {
        return control.ids();
    }

    @Override
    public boolean isUp(NodeId node) {
        return nodes.isUp(node);
    }

    @Override
    public int life(NodeId node) {
        return CookieCodec.hash(lifeToMove(node));
    }

    @Override
    public int endedLife(NodeId node) {
        return formerLives.isOpen(node) ? 0 : CookieCodec.hash(lives.lastEnded(node));
    }

    private Incarnation lifeToMove(NodeId node) {
        return formerLives.lifeOf(node, nodes.incarnation(node));
    }

    /** Above every epoch that is in use, so that what the successor owns from now on is told from what it owned before. */
    @Override
    public Optional<Takeover> proposal(NodeId dead) {
        long epoch = table.all().mapToLong(Takeover::epoch).max().orElse(0);
        long next = Math.max(epoch, nodes.highestEpoch()) + 1;
        begun.put(dead, next);
        return nodes.successorOf(dead, policy.groupAttribute())
                .map(successor -> new Takeover(
                        dead,
                        lifeToMove(dead),
                        successor,
                        nodes.incarnation(successor),
                        next,
                        TakeoverState.FENCED,
                        -1,
                        "node " + dead + " is confirmed down"));
    }

    @Override
    public CompletionStage<Long> fence(NodeId dead, long epoch) {
        return acts.fence(dead, epoch);
    }

    @Override
    public CompletionStage<Recovery> recover(Takeover takeover) {
        return acts.recover(takeover, begun.getOrDefault(takeover.dead(), 0L) == takeover.epoch());
    }

    @Override
    public CompletionStage<Incarnation> askLife(NodeId node) {
        return acts.askLife(node);
    }

    @Override
    public void nodeAdded(NodeId node) {
        table.all()
                .filter(each -> each.dead().equals(node) || each.successor().equals(node))
                .forEach(each -> nodes.raiseEpoch(node, each.epoch()));
    }

    /**
     * Where several are news, requests are decided on by all of them at once. One that names a life says that nobody moves what came before it; who
     * has never reached the node names none, and has all of it recovered.
     */
    @Override
    public void moved(List<Takeover> told) {
        TakeoverTable before = table;
        TakeoverTable after = before;
        List<CompletableFuture<Boolean>> over = new ArrayList<>();
        for (Takeover each : told) {
            begins(each, over);
            after = after.with(each);
        }
        Takeover first = told.get(0);
        if (first.incarnation().isKnown() && !isOfFormerLife(first) && !isOpen(before.last(first.dead()))) {
            formerLives.end(first.dead());
        }
        table = after;
        over.forEach(this::open);
        for (int i = 0; i < told.size(); i++) {
            Takeover each = told.get(i);
            obey(each, before.last(each.dead()), i + 1 < told.size() && isTriedAgain(each, told.get(i + 1)));
            before = before.with(each);
        }
    }

    private void begins(Takeover takeover, List<CompletableFuture<Boolean>> over) {
        NodeId dead = takeover.dead();
        configured.takenOver(dead);
        nodes.raiseEpoch(dead, takeover.epoch());
        nodes.raiseEpoch(takeover.successor(), takeover.epoch());
        if (takeover.state() == TakeoverState.FENCED) {
            CompletableFuture<Boolean> gap = new CompletableFuture<>();
            gaps.put(dead, gap);
            loop.schedule(Nanos.of(policy.recoveryTimeout()), () -> open(gap));
        } else {
            CompletableFuture<Boolean> gap = gaps.remove(dead);
            if (gap != null) {
                over.add(gap);
            }
        }
        over.addAll(early.getOrDefault(dead, List.of()));
        early.remove(dead);
        lives.heard(takeover, nodes.incarnation(takeover.successor()));
    }

    private void obey(Takeover takeover, @Nullable Takeover before, boolean isTriedAgain) {
        NodeId dead = takeover.dead();
        int dialogs = control.calls(dead);
        decided(down.get(dead));
        formerLives.moved(dead);
        if (before == null || before.epoch() < takeover.epoch()) {
            control.givenUp(dead, "node " + takeover.successor() + " takes over from it");
        }
        if (takeover.state() == TakeoverState.RECOVERED) {
            nodes.moveCalls(takeover);
        }
        if (takeover.state() != TakeoverState.FENCED && !isTriedAgain) {
            formerLives.end(dead);
            refused.settled(takeover);
        }
        events.publish(new HaEvent.TakeoverChanged(control.now(), takeover, dialogs, takeover.cause()));
    }

    /** What could not be recovered goes with the next one of the same life, so that nothing of it has ended. */
    private static boolean isTriedAgain(Takeover failed, Takeover next) {
        return failed.state() == TakeoverState.FAILED && !next.incarnation().differsFrom(failed.incarnation());
    }

    /** Those who wait are hosts, whose work is not for the control loop. */
    private void open(CompletableFuture<Boolean> gap) {
        try {
            effects.execute(() -> gap.complete(true));
        } catch (RejectedExecutionException noThread) {
            gap.complete(true);
        }
    }

    @Override
    public boolean endsCalls(NodeId node, Incarnation from, long provenNanos) {
        lives.ended(node, from);
        formerLives.restarted(node, from, provenNanos);
        return false;
    }

    private static boolean isOpen(@Nullable Takeover takeover) {
        return takeover != null && takeover.state() == TakeoverState.FENCED;
    }

    /** Whether it moves what the node had before a restart that this router has seen. */
    private boolean isOfFormerLife(Takeover takeover) {
        return takeover.incarnation().differsFrom(nodes.incarnation(takeover.dead()));
    }

    /** Whether others may be moving the node's calls, for all that this router knows. */
    private boolean mayMove(NodeId node) {
        return isOpen(table.last(node)) || !nodes.isWellForAll(node) || !hearsOthers.getAsBoolean();
    }
}
