package io.tandemsip.core.view;

import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.node.TrafficClass;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A pool in one view: for each traffic class the tiers of those who may be picked.
 * Immutable.
 */
public final class PoolView {
    private final String name;
    private final List<NodeStatus> nodes;
    private final boolean panicking;
    private final TierOrders[] tiers;

    PoolView(String name, List<NodeStatus> nodes, boolean panicking, TierOrders[] tiers) {
        this.name = name;
        this.nodes = List.copyOf(nodes);
        this.panicking = panicking;
        this.tiers = tiers.clone();
    }

    /**
     * Its name.
     *
     * @return not blank
     */
    public String name() {
        return name;
    }

    /**
     * All its nodes.
     *
     * @return sorted by id
     */
    public List<NodeStatus> nodes() {
        return nodes;
    }

    /**
     * What its nodes carry right now.
     *
     * @return one for each node, sorted by id
     */
    public List<NodeLoad> loads() {
        return nodes.stream().map(NodeStatus::load).toList();
    }

    /**
     * Whether health is left aside.
     *
     * @return true in panic mode
     */
    public boolean isPanicking() {
        return panicking;
    }

    /**
     * How many of those in service look bad.
     *
     * @return suspect or down
     */
    public long badNodes() {
        return ViewBuilder.bad(nodes);
    }

    /**
     * Those who may be picked, in the order in which they are asked: by priority, then again by priority those that are
     * kept for when no other is left.
     *
     * @param traffic what the request is
     * @return not to be changed; none of them is empty
     */
    public Tier[] tiers(TrafficClass traffic) {
        return tiers[traffic.ordinal()].byPriority();
    }

    /**
     * How many of the tiers, from the first on, let only the one call that tries it onto a node that is being tried. The
     * rest are last resorts and take what comes; so do all in panic mode.
     *
     * @param traffic what the request is
     * @return 0 or more
     */
    public int gatedTiers(TrafficClass traffic) {
        return tiers[traffic.ordinal()].gated();
    }

    /**
     * Whether one call is to try a node of theirs, which whatever strategy may otherwise not ask for long.
     *
     * @param traffic what class
     * @return mostly false
     */
    public boolean hasTrials(TrafficClass traffic) {
        return tiers[traffic.ordinal()].hasTrials();
    }

    /**
     * The same for one call: as long as a priority is partly out of order, some calls ask the next one first.
     *
     * @param traffic what the request is
     * @param random chance
     * @return not to be changed
     */
    public Tier[] tiers(TrafficClass traffic, RandomGenerator random) {
        return tiers[traffic.ordinal()].forNextCall(random);
    }
}
