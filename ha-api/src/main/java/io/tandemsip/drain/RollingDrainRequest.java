package io.tandemsip.drain;

import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Collects what a rolling drain needs; {@link #start()} orders it. Not thread-safe. */
public interface RollingDrainRequest {
    /**
     * How many nodes may be away at the same time. Without it, one.
     *
     * @param nodes 1 or more
     * @return this
     */
    RollingDrainRequest atOnce(int nodes);

    /**
     * Calls for which the rest has to have room besides the present ones. Without it, none.
     *
     * @param calls 0 or more
     * @return this
     */
    RollingDrainRequest reserve(long calls);

    /**
     * Stops the roll at a node that still has dialogs after this time, and puts that node back into service: its dialogs
     * go on. Without it, each node is waited for.
     *
     * @param limit more than zero
     * @return this
     */
    RollingDrainRequest deadline(Duration limit);

    /**
     * What is done to each node when it is empty, for example a restart. Called on a listener's thread.
     *
     * @param work answers when it is done; a failure, also a thrown one, stops the roll
     * @return this
     */
    RollingDrainRequest between(Function<NodeId, ? extends CompletionStage<?>> work);

    /**
     * How long that may take. Without it, 10 minutes.
     *
     * @param limit more than zero
     * @return this
     */
    RollingDrainRequest betweenLimit(Duration limit);

    /**
     * How long a node may take to be healthy once it is back in service. Without it, 2 minutes.
     *
     * @param limit more than zero
     * @return this
     */
    RollingDrainRequest healthyWithin(Duration limit);

    /**
     * Why, for people.
     *
     * @param text one line
     * @return this
     */
    RollingDrainRequest reason(String text);

    /**
     * Orders it.
     *
     * @return the handle
     * @throws IllegalStateException if a rolling drain of the pool is under way
     */
    RollingDrain start();
}
