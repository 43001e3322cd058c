package io.tandemsip.core.view;

import io.tandemsip.selection.Selector;
import java.util.Arrays;
import java.util.List;

/** Nodes among which a strategy picks, with the selector prepared for just these. Immutable. */
public final class Tier {
    private final LiveNode[] nodes;
    private final Selector selector;
    private final String decidedBy;

    /**
     * A tier.
     *
     * @param nodes sorted by id, not empty
     * @param selector prepared for them, in this order
     * @param decidedBy the strategy's name
     */
    public Tier(List<LiveNode> nodes, Selector selector, String decidedBy) {
        this.nodes = nodes.toArray(LiveNode[]::new);
        this.selector = selector;
        this.decidedBy = decidedBy;
    }

    /**
     * Those who may be picked.
     *
     * @return not to be changed: read on the routing path, so not copied
     */
    public LiveNode[] nodes() {
        return nodes;
    }

    /**
     * Picks among them.
     *
     * @return the selector
     */
    public Selector selector() {
        return selector;
    }

    /**
     * The strategy's name.
     *
     * @return for explanations
     */
    public String decidedBy() {
        return decidedBy;
    }

    @Override
    public String toString() {
        return decidedBy + Arrays.toString(nodes);
    }
}
