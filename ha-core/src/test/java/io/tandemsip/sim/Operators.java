package io.tandemsip.sim;

import io.tandemsip.drain.DrainState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Operators who change the list of nodes that all routers share: weigh a node anew, change it at two routers at once, drain
 * one and take it off the list. What they said last has to be obeyed by all routers. Confined to one thread.
 */
final class Operators {
    private static final long SECOND = VirtualTime.SECOND;

    /** Within what time a change is known at all routers that can hear of it, and is done if it could not be at first. */
    private static final long SPREAD_NANOS = 5 * SECOND;

    private static final double OTHER_WEIGHT = 3;
    private static final double OTHER_PRIORITY = 2;
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    private final Simulation world;
    private final Map<NodeId, Map<Field, Double>> said = new HashMap<>();

    /** Changed by a router that may not have known what the shared state had just lost: that is gone then, for all. */
    private final Set<NodeId> writtenOver = new HashSet<>();

    Operators(Simulation world) {
        this.world = world;
    }

    /** Whether nodes change in this run at all. */
    static boolean change(Scenario scenario) {
        return scenario.faults().stream().anyMatch(fault -> switch (fault.kind()) {
            case RE_WEIGHT, CHANGED_TWICE, REMOVED -> true;
            default -> false;
        });
    }

    /** One operator; how calls are shared out follows the weight that the routers see. */
    void reweigh(SimNode node, int place, long nanos) {
        set(node, place, Field.WEIGHT, OTHER_WEIGHT);
        world.time.after(nanos, () -> set(node, place, Field.WEIGHT, Field.WEIGHT.of(node.configured)));
    }

    /** Two of them, at two routers at the same moment; neither undoes what the other does. */
    void changeTwice(SimNode node, int place, long nanos) {
        int other = (place + 1) % world.routers.size();
        set(node, place, Field.WEIGHT, OTHER_WEIGHT + 1);
        set(node, other, Field.PRIORITY, OTHER_PRIORITY);
        world.time.after(nanos, () -> {
            set(node, other, Field.WEIGHT, Field.WEIGHT.of(node.configured));
            set(node, place, Field.PRIORITY, Field.PRIORITY.of(node.configured));
        });
    }

    /** Drains it at first, and takes it off the list if it got empty in time. */
    void remove(SimNode node, SimRouter router, long nanos) {
        long until = world.time.now() + nanos;
        int place = router.place;
        router.router.drain(node.id.value()).start().completion().thenAccept(last -> {
            if (last.state() == DrainState.DRAINED && world.time.now() < until) {
                world.checker.took(Fault.Kind.REMOVED);
                node.listed = false;
                edit(place, node, at -> node.listed ? DONE : at.list.remove(node.id));
            }
        });
        world.time.after(nanos, () -> {
            if (!node.listed) {
                node.listed = true;
                Node again = wanted(node);
                edit(
                        place,
                        node,
                        at -> at.list.put(again).thenRun(() -> {
                            edit(place, Field.WEIGHT, node);
                            edit(place, Field.PRIORITY, node);
                        }));
            }
            world.faults.back(node);
        });
    }

    /** As all routers have to see it. */
    private Node wanted(SimNode node) {
        Node wants = node.configured;
        for (Map.Entry<Field, Double> each :
                said.getOrDefault(node.id, Map.of()).entrySet()) {
            wants = each.getKey().change(wants, each.getValue());
        }
        return wants;
    }

    /** When all that was said has to be known. */
    void check(SimRouter router) {
        for (SimNode node : world.nodes) {
            Optional<Node> seen = seen(router, node);
            Optional<Node> wants = writtenOver.contains(node.id) || world.checker.hasStateForgotten()
                    ? seen(world.routers.get(0), node)
                    : Optional.of(wanted(node));
            world.checker.require(
                    seen.equals(wants),
                    "P5",
                    () -> "all are to have " + describe(wants) + " and " + router + " has " + describe(seen));
        }
    }

    private static Optional<Node> seen(SimRouter router, SimNode node) {
        return router.router.view().node(node.id).map(NodeSnapshot::node);
    }

    private static String describe(Optional<Node> node) {
        return node.map(there -> there + " of weight " + there.weight() + " and priority " + there.priority())
                .orElse("nothing");
    }

    private void set(SimNode node, int place, Field field, double value) {
        said.computeIfAbsent(node.id, id -> new EnumMap<>(Field.class)).put(field, value);
        edit(place, field, node);
        world.time.after(SPREAD_NANOS, () -> heard(node, field, value));
    }

    /** Where nothing keeps routers from hearing of it. */
    private void heard(SimNode node, Field field, double value) {
        boolean stands = node.listed && field.of(wanted(node)) == value;
        if (stands && !world.hadRouterFaults()) {
            for (SimRouter router : world.routers) {
                NodeSnapshot seen = router.router.view().node(node.id).orElseThrow();
                world.checker.require(
                        field.of(seen.node()) == value || !node.listed,
                        "P5",
                        () -> "an operator gave " + node.id + " the " + field + " " + value + " "
                                + SPREAD_NANOS / SECOND + " s ago, and " + router + " has " + seen.node());
            }
        }
    }

    /** Whoever comes last, what was said last is what stands. */
    private void edit(int place, Field field, SimNode node) {
        edit(place, node, at -> at.list.change(node.id, known -> field.change(known, field.of(wanted(node)))));
    }

    /** At that router as soon as it can tell the others; what may have been done is done again. */
    private void edit(int place, SimNode node, Function<SimRouter, CompletionStage<Void>> change) {
        SimRouter router = world.routers.get(place);
        if (router.dead || !router.link.isWell()) {
            world.time.after(SECOND, () -> edit(place, node, change));
        } else {
            change.apply(router).whenComplete((done, failure) -> {
                if (failure != null) {
                    world.time.after(SECOND, () -> edit(place, node, change));
                } else if (world.checker.mayNotKnowWhatWasLost(router)) {
                    writtenOver.add(node.id);
                }
            });
        }
    }

    /** What is changed of a node. */
    private enum Field {
        WEIGHT {
            @Override
            double of(Node node) {
                return node.weight();
            }

            @Override
            Node change(Node node, double value) {
                return node.toBuilder().weight(value).build();
            }
        },
        PRIORITY {
            @Override
            double of(Node node) {
                return node.priority();
            }

            @Override
            Node change(Node node, double value) {
                return node.toBuilder().priority((int) value).build();
            }
        };

        abstract double of(Node node);

        abstract Node change(Node node, double value);
    }
}
