package io.tandemsip.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tandemsip.CallAttempt;
import io.tandemsip.HaRouter;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.cluster.SharedLink;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.source.SharedNodeList;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A real router with its connections and its host, until it is killed. Confined to one thread. */
final class SimRouter implements HealthProbe {
    private static final long SWEEP_NANOS = 10 * VirtualTime.SECOND;
    private static final long EPOCH_SECONDS = 1_800_000_000;
    private static final long LAST_WORDS_NANOS = 50 * VirtualTime.MILLI;

    final int place;
    final int number;
    final RouterLoop loop;
    final SharedLink link;
    final SlowState way;

    /** On which operators change nodes; in use where they do. */
    final SharedNodeList list;

    final FairnessWatch fairness;
    final HaRouter router;
    private final Map<NodeId, List<Held>> attempts = new HashMap<>();
    final HealthWatch health;
    final DetectionWatch detection;
    final Map<NodeId, Report> reports = new HashMap<>();
    final long bornNanos;
    boolean panicking;
    /** By how much its clock on the wall is wrong. */
    long wallOffsetNanos;

    boolean dead;

    /** Whether it may have taken up calls that it did not place. */
    boolean adopted;

    private final Simulation world;
    private long sweptNanos;

    SimRouter(Simulation world, int place, int number, SplittableRandom random) {
        this.world = world;
        this.place = place;
        this.number = number;
        health = new HealthWatch(world, this);
        detection = new DetectionWatch(world, this);
        Scenario scenario = world.scenario;
        int drift = scenario.driftPpm() == 0 ? 0 : random.nextInt(2 * scenario.driftPpm() + 1) - scenario.driftPpm();
        loop = new RouterLoop(world.time, random.nextInt(1_000_000_000), drift);
        link = new SharedLink(world.shared);
        SplittableRandom luck = new SplittableRandom(scenario.seed() * 86_028_121 + 1_000L * place + number);
        way = new SlowState(new StaleReads(link, world.replicated, luck), world.time, random.split());
        fairness = new FairnessWatch(world, this);
        NodeSource configured = NodeSource.fixed(
                world.nodes.stream().map(node -> node.configured).toList());
        list = SharedNodeList.over(configured, way);
        bornNanos = world.time.now();
        RouterBuilder builder = Tandem.builder()
                .simulated(
                        loop,
                        () -> Instant.ofEpochSecond(EPOCH_SECONDS, loop.nanoTime() + wallOffsetNanos),
                        random.split())
                .executor(Runnable::run)
                .probe(this)
                .dialogs(new SimDialogStore(world.store, world.outage, world.time, random.split()))
                .dialogTimes(new DialogTimes(Duration.ofMinutes(4), Simulation.SILENCE, Duration.ofSeconds(32)))
                .rememberDecisions(0)
                .strategy(scenario.flavour().strategy().make())
                .listener(this::heard)
                .nodes(Operators.change(scenario) ? list : configured);
        if (scenario.routers() > 1) {
            builder.shared(way);
        }
        adopted = number > 0;
        if (scenario.routers() == 1) {
            builder.affinityKeys(AffinityKeys.of(1, "the same after a restart, 32 bytes or".getBytes(UTF_8)));
        }
        if (scenario.limitsPerRouter()) {
            builder.limitsPerRouter();
        }
        world.takeovers.configure(this, builder);
        world.trial.router(builder);
        router = builder.build().start();
        way.begun = true;
    }

    private void heard(HaEvent event) {
        if (!dead) {
            world.checker.heard(this, event);
        }
    }

    /** What it knew of a node with this name is forgotten. */
    void knowsAnew(NodeId node) {
        health.forget(node);
        detection.forget(node);
    }

    /** As kill -9 does it. */
    void kill() {
        dead = true;
        loop.kill();
        link.become(SharedLink.Mode.SILENT);
    }

    /** In order: what it says at last still gets through. */
    void leave() {
        router.close();
        dead = true;
        loop.kill();
        world.time.after(LAST_WORDS_NANOS, () -> link.become(SharedLink.Mode.SILENT));
    }

    /** Calls of its own that hold a place on a node. */
    int holding(NodeId node) {
        int count = 0;
        for (Held held : at(node)) {
            if (holds(held.attempt)) {
                count++;
            }
        }
        return count;
    }

    /** Calls of its own that were on a node when it was last seen in its former life, and hold a place there all the same. */
    long ghosts(SimNode node, long provenNanos) {
        return at(node.id).stream()
                .filter(held -> held.heardNanos <= provenNanos && held.attempt.state() == CallAttempt.State.ANSWERED)
                .count();
    }

    private List<Held> at(NodeId node) {
        return attempts.getOrDefault(node, List.of());
    }

    private static boolean holds(CallAttempt attempt) {
        return switch (attempt.state()) {
            case TRYING, PROGRESSED, ANSWERED -> true;
            case FAILED, ABANDONED, ENDED, FORGOTTEN -> false;
        };
    }

    void keep(CallAttempt attempt, long epoch) {
        long now = world.time.now();
        if (now - sweptNanos > SWEEP_NANOS) {
            sweptNanos = now;
            attempts.values().forEach(SimRouter::sweep);
        }
        attempts.computeIfAbsent(attempt.node().id(), id -> new ArrayList<>()).add(new Held(attempt, epoch));
    }

    /** Calls that were up on a node under an earlier epoch count on another from now on. */
    void moved(NodeId dead, long epoch, NodeId successor) {
        for (Held held : List.copyOf(at(dead))) {
            if (held.epoch < epoch && held.attempt.state() == CallAttempt.State.ANSWERED) {
                held.epoch = epoch;
                held.heardNanos = world.time.now();
                attempts.get(dead).remove(held);
                attempts.computeIfAbsent(successor, id -> new ArrayList<>()).add(held);
            }
        }
    }

    private static void sweep(List<Held> attempts) {
        attempts.removeIf(each -> switch (each.attempt.state()) {
            case FAILED, ENDED -> true;
            case TRYING, PROGRESSED, ANSWERED, ABANDONED, FORGOTTEN -> false;
        });
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        CompletableFuture<ProbeResult> answer = new CompletableFuture<>();
        SimNode target = world.node(node.id());
        long askedNanos = world.time.now();
        var guard = world.time.after(timeout.toNanos(), () -> {
            health.probeFailed(node.id());
            answer.complete(new ProbeResult.NoAnswer(timeout));
        });
        world.network.there(place, target.index, () -> options(target, node.id(), askedNanos, answer, guard));
        return answer;
    }

    private void options(
            SimNode target, NodeId id, long askedNanos, CompletableFuture<ProbeResult> answer, Loop.Timer guard) {
        if (target.isFrozen()) {
            target.late.add(() -> options(target, id, askedNanos, answer, guard));
        } else if (target.refusing > 0) {
            world.network.back(place, target.index, () -> {
                if (!answer.isDone()) {
                    guard.cancel();
                    health.probeFailed(id);
                    answer.complete(new ProbeResult.Refused("port unreachable"));
                }
            });
        } else if (target.dead == 0) {
            NodeReport report = new NodeReport(target.incarnation(), calls(target));
            int own = target.ownCalls();
            world.afterSlow(
                    target,
                    () -> world.network.back(place, target.index, () -> {
                        if (!answer.isDone()) {
                            guard.cancel();
                            health.probeAnswered(
                                    id, askedNanos, report.incarnation().value());
                            report.calls().ifPresent(calls -> reports.put(id, new Report(world.time.now(), own)));
                            answer.complete(
                                    new ProbeResult.Alive(Duration.ofNanos(world.time.now() - askedNanos), report));
                        }
                    }));
        }
    }

    /** Where there are several routers, nodes tell how many calls they have. */
    private OptionalInt calls(SimNode target) {
        return world.scenario.routers() > 1 ? OptionalInt.of(target.calls.size()) : OptionalInt.empty();
    }

    /** The node that an attempt is at answers. */
    void heardOf(CallAttempt attempt) {
        List<Held> there = at(attempt.node().id());
        for (int i = there.size() - 1; i >= 0; i--) {
            Held held = there.get(i);
            if (held.attempt == attempt) {
                held.heardNanos = Math.min(held.heardNanos, world.time.now());
                return;
            }
        }
    }

    /** An attempt, and when the node answered first. */
    private static final class Held {
        final CallAttempt attempt;
        long heardNanos = Long.MAX_VALUE;

        /** Under which its node has it. */
        long epoch;

        Held(CallAttempt attempt, long epoch) {
            this.attempt = attempt;
            this.epoch = epoch;
        }
    }

    /** What a node said last, without what another had taken over from it. */
    record Report(long atNanos, int calls) {}

    @Override
    public String toString() {
        return "router " + place + (number == 0 ? "" : " (" + number + ". successor)");
    }
}
