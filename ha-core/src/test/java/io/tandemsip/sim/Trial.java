package io.tandemsip.sim;

import io.tandemsip.CallRequest;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a simulation is made with beside its {@linkplain Scenario scenario}, and who is told what becomes of new calls.
 * Nothing is changed unless a method says so. Calls that come after all faults are over, to see whether everything is well,
 * are not told. Called on the simulation's one thread; what it throws ends the run.
 */
public interface Trial {
    /**
     * Changes each router's configuration, for example its strategy.
     *
     * @param router with the defaults of the simulation
     */
    default void router(RouterBuilder router) {}

    /**
     * Changes what is configured of a node, for example its weight; the same for each router.
     *
     * @param index from 0
     * @param node to be changed; its id is {@code n1} for index 0
     */
    default void node(int index, Node.Builder node) {}

    /**
     * Changes a call, for example its headers.
     *
     * @param number from 1, in the order in which calls come
     * @param call to be changed, but for its Call-ID, tag and transaction
     */
    default void call(int number, CallRequest.Builder call) {}

    /**
     * A call came, and is about to be placed.
     *
     * @param call the call
     * @param live how many calls each node has at this moment, in truth
     */
    default void began(CallRequest call, Map<NodeId, Integer> live) {}

    /**
     * A call was sent to a node; more than once if nodes failed it.
     *
     * @param call the call
     * @param node where to
     * @param atNanos when, in virtual time
     */
    default void tried(CallRequest call, NodeId node, long atNanos) {}

    /**
     * The router heard that a call rings. May be told more than once.
     *
     * @param call the call
     * @param node where
     * @param atNanos when, in virtual time
     */
    default void rang(CallRequest call, NodeId node, long atNanos) {}

    /**
     * A call got no further: no node would take it, at once or after some had failed it, or one said no for all of them (busy).
     *
     * @param call the call
     */
    default void refused(CallRequest call) {}

    /**
     * Only routers are changed.
     *
     * @param custom changes each router's configuration
     * @return a trial that is told nothing
     */
    static Trial of(Consumer<RouterBuilder> custom) {
        return new Trial() {
            @Override
            public void router(RouterBuilder router) {
                custom.accept(router);
            }
        };
    }
}
