package io.tandemsip.core.cluster;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** This router's side of take-overs. Called on the control loop. */
public interface OwnMoves {
    /**
     * All nodes that are configured here.
     *
     * @return their ids
     */
    Set<NodeId> nodes();

    /**
     * Whether a node is healthy by this router's own evidence.
     *
     * @param node one that is known
     * @return true if it is
     */
    boolean isUp(NodeId node);

    /**
     * In which life a node has what could move.
     *
     * @param node one that is known
     * @return its number, the same at all routers; 0 if that is not known
     */
    int life(NodeId node);

    /**
     * The last life of a node that this router saw end, and let go of all that it had.
     *
     * @param node any
     * @return its number; 0 if there is none, or it is open who gets what it had
     */
    int endedLife(NodeId node);

    /**
     * To whom a dead node's dialogs could move.
     *
     * @param dead the dead node
     * @return the take-over as it would begin; empty if nobody can take them
     */
    Optional<Takeover> proposal(NodeId dead);

    /**
     * A node is new here: it owns dialogs under the epoch that stands.
     *
     * @param node which
     */
    void nodeAdded(NodeId node);

    /**
     * Obeys what stands.
     *
     * @param told one node's take-overs that are news, in the order in which they were: more than one where this router was away
     *     meanwhile
     */
    void moved(List<Takeover> told);

    /**
     * Has the dialog store refuse a dead node's earlier epochs.
     *
     * @param dead the dead node
     * @param epoch below which
     * @return completed in bounded time
     */
    CompletionStage<Long> fence(NodeId dead, long epoch);

    /**
     * Has the successor recover the calls.
     *
     * @param takeover whose, by whom
     * @return how it went
     */
    CompletionStage<Recovery> recover(Takeover takeover);

    /**
     * In which life a node says it is, asked now.
     *
     * @param node which
     * @return completed in bounded time; unknown if it does not say
     */
    CompletionStage<Incarnation> askLife(NodeId node);
}
