package io.tandemsip.core.drain;

import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;

/** What a drain has to do with the other routers. Called on the control loop. */
public interface DrainAccord {
    /** A router alone: agrees with itself at once. */
    DrainAccord ALONE = new DrainAccord() {
        @Override
        public long elsewhere(NodeId node) {
            return 0;
        }

        @Override
        public int awaited(NodeId node) {
            return 0;
        }

        @Override
        public OwnCount saidElsewhere(NodeId node) {
            return OwnCount.UNKNOWN;
        }

        @Override
        public void ordered(DrainPlan plan, AdminState before, long dialogs) {}

        @Override
        public void withdrawn(NodeId node, AdminState restored, String cause) {}

        @Override
        public boolean proposed(NodeId node, DrainState state, long dialogsLeft, String cause) {
            return true;
        }

        @Override
        public void ended(NodeId node, DrainState state, long dialogsLeft, String cause) {}
    };

    /**
     * How many dialogs the other routers have on a node that is being drained.
     *
     * @param node which
     * @return the number, as last heard
     */
    long elsewhere(NodeId node);

    /**
     * How many routers have not said that they place no call on a node that is being drained.
     *
     * @param node which
     * @return 0 if all have; at least 1 while it is not known who there is
     */
    int awaited(NodeId node);

    /**
     * How many calls a node that is being drained says it has to the other routers that obey that.
     *
     * @param node which
     * @return as last heard
     */
    OwnCount saidElsewhere(NodeId node);

    /**
     * A drain was ordered at this router.
     *
     * @param plan the plan
     * @param before the node's admin state
     * @param dialogs how many it has
     */
    void ordered(DrainPlan plan, AdminState before, long dialogs);

    /**
     * A drain was cancelled at this router.
     *
     * @param node of which node
     * @param restored the admin state that is in force again
     * @param cause why, one sentence
     */
    void withdrawn(NodeId node, AdminState restored, String cause);

    /**
     * As far as this router knows a drain is over.
     *
     * @param node of which node
     * @param state how it would end
     * @param dialogsLeft with how many dialogs left
     * @param cause why, one sentence
     * @return whether it is over by that; else the agreement comes by
     *     {@link DrainOrchestrator#agreed}, and it is proposed again with each count until then
     */
    boolean proposed(NodeId node, DrainState state, long dialogsLeft, String cause);

    /**
     * A drain has ended at this router, in whichever way.
     *
     * @param node of which node
     * @param state how
     * @param dialogsLeft with how many dialogs left
     * @param cause why, one sentence
     */
    void ended(NodeId node, DrainState state, long dialogsLeft, String cause);
}
