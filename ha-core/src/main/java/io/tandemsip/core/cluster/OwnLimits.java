package io.tandemsip.core.cluster;

import io.tandemsip.node.NodeId;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** This router's limits. Called on the control loop. */
public interface OwnLimits {
    /**
     * How many calls a node takes.
     *
     * @param node any
     * @return {@code Integer.MAX_VALUE} without a limit
     */
    int limit(NodeId node);

    /**
     * How many calls this router has on a node.
     *
     * @param node any
     * @return calls in set-up included
     */
    int taken(NodeId node);

    /**
     * How many it may have from now on: in force when this returns.
     *
     * @param node any
     * @param calls {@code Integer.MAX_VALUE} for the whole limit
     */
    void allow(NodeId node, int calls);

    /**
     * How many dialogs of a node are in the store that all routers share.
     *
     * @param node any
     * @return fails if there is no such store, or it can't be asked
     */
    CompletionStage<Long> stored(NodeId node);

    /**
     * How many of them some routers, this one included, have surely written.
     *
     * @param node any
     * @param routers which
     * @return no more than there are
     */
    long written(NodeId node, Set<String> routers);
}
