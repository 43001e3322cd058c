package io.tandemsip.sim;

import io.tandemsip.node.Capacity;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A node: what it does, what was done to it, and the calls it has. Confined to one thread. */
final class SimNode {
    final NodeId id;
    final int index;

    /** As all routers are told of it at first. */
    final Node configured;

    final Set<String> calls = new HashSet<>();

    /** Of these, those that another node took over: nobody else counts them here. */
    private final Set<String> disowned = new HashSet<>();

    private final Set<String> answered = new HashSet<>();

    final Set<String> subscriptions = new HashSet<>();
    final List<Runnable> late = new ArrayList<>();
    int life = 1;
    private int takenOverInLife;
    private Incarnation incarnation = lifeNumber(1);
    int dead;
    int refusing;
    int frozen;
    int zombie;
    int slow;
    int full;
    int failing;

    /** Until when something that was done to it explains what is seen. */
    long illUntilNanos;

    /** Until when it may have calls that are over for everybody else, whose BYE did not get to it. */
    long untoldUntilNanos;

    /** Whether operators want routers to know it. */
    boolean listed = true;

    SimNode(int index, Scenario scenario, Trial trial) {
        this.index = index;
        id = NodeId.of("n" + (index + 1));
        Flavour flavour = scenario.flavour();
        Capacity capacity = Capacity.unlimited();
        if (scenario.maxCalls() > 0) {
            capacity = capacity.withCalls(scenario.maxCalls());
        }
        if (flavour.callsPerSecond() > 0) {
            capacity = capacity.withCallsPerSecond(flavour.callsPerSecond(), Simulation.BURST);
        }
        Node.Builder node = Node.builder(id, SipDestination.parse("sip:127.0.0.1:" + (5_060 + index)))
                .pool("media")
                .capacity(capacity)
                .weight(flavour.weighted() && 2 * index >= scenario.nodes() ? 2 : 1)
                .priority(flavour.tiered() && index == scenario.nodes() - 1 ? 1 : 0);
        trial.node(index, node);
        configured = node.build();
    }

    /** Since when it has been gone; the end of time if it is there. */
    long goneSinceNanos = Long.MAX_VALUE;

    /** How many orders operators gave for it. */
    int orders;

    /** When it was last lost with all its calls. */
    long diedNanos = Long.MIN_VALUE;

    String lifeName() {
        return incarnation.value();
    }

    /** In which life it says it is. */
    Incarnation incarnation() {
        return incarnation;
    }

    private static Incarnation lifeNumber(int life) {
        return new Incarnation("life-" + life);
    }

    boolean isUp() {
        return dead == 0 && refusing == 0;
    }

    boolean isFrozen() {
        return frozen > 0;
    }

    /** It sends its 200. */
    void answers(String call) {
        answered.add(call);
    }

    /** RFC 3261 section 9.2: a CANCEL ends nothing that has been answered. */
    void cancelled(String call) {
        if (!answered.contains(call)) {
            calls.remove(call);
        }
    }

    /** Another node takes over all that it has. */
    void disown() {
        disowned.addAll(calls);
        takenOverInLife = dead > 0 ? life - 1 : life;
    }

    /** Whether what it had in a life had ended already when another node took over. */
    boolean wasRestartedSince(int since) {
        return since < takenOverInLife;
    }

    /** How many calls it has that are its own. */
    int ownCalls() {
        return (int) calls.stream().filter(call -> !disowned.contains(call)).count();
    }

    /** All calls are lost, and it is another one afterwards. */
    void die(long nowNanos) {
        calls.clear();
        disowned.clear();
        answered.clear();
        subscriptions.clear();
        late.clear();
        life++;
        incarnation = lifeNumber(life);
        diedNanos = nowNanos;
        goneSinceNanos = Math.min(goneSinceNanos, nowNanos);
    }

    /** Something that kept it away is over. */
    void back(long nowNanos) {
        if (isUp()) {
            goneSinceNanos = Long.MAX_VALUE;
        }
    }
}
