package io.tandemsip.sim;

import java.util.Locale;

/**
 * One thing that goes wrong, or that an operator does. Immutable.
 *
 * @param kind what
 * @param atMillis when it begins, from the start of the run
 * @param forMillis how long it lasts; without meaning for what happens at once
 * @param router which router it meets, where it meets one
 * @param node which node it meets, where it meets one
 */
public record Fault(Kind kind, long atMillis, long forMillis, int router, int node) {

    @Override
    public String toString() {
        String what = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%.1f s: %s", atMillis / 1000.0, what));
        if (kind.meetsNode) {
            text.append(", node n").append(node + 1);
        }
        if (kind.meetsRouter) {
            text.append(", router ").append(router);
        }
        if (kind.lasts) {
            text.append(String.format(Locale.ROOT, ", for %.1f s", forMillis / 1000.0));
        }
        return text.toString();
    }

    /** What can go wrong. */
    public enum Kind {
        /** The node is gone with its calls and says nothing; then it is back in another life. */
        NODE_CRASH(true, false, true),
        /** The node's process is gone and its host refuses packets; then it is back in another life. */
        NODE_REFUSES(true, false, true),
        /** The node does nothing; then it answers all that came meanwhile, late. */
        NODE_FREEZE(true, false, true),
        /** The node answers OPTIONS and nothing else. */
        NODE_ZOMBIE(true, false, true),
        /** The node answers half a second late. */
        NODE_SLOW(true, false, true),
        /** The node crashes and is back every few seconds. */
        NODE_FLAPS(true, false, true),
        /** The node answers new calls with 503 and Retry-After 300. */
        NODE_FULL(true, false, true),
        /** The node fails new calls with 500. */
        NODE_ERRORS(true, false, true),
        /** All nodes answer new calls with 503 and Retry-After 300. */
        ALL_FULL(false, false, true),
        /** All nodes fail new calls with 500. */
        ALL_FAIL(false, false, true),
        /** Nothing passes between a router and a node. */
        CUT(true, true, true),
        /** The router's requests reach the node, and no answer comes back. */
        CUT_BACK(true, true, true),
        /** A router is killed; then another is there in its place. */
        ROUTER_CRASH(false, true, true),
        /** A router is closed in order; then another is there in its place. */
        ROUTER_RESTART(false, true, true),
        /** The dialog store fails at once. */
        STORE_AWAY(false, false, true),
        /** The dialog store does what it is asked, half the time, and answers with a timeout. */
        STORE_TIMES_OUT(false, false, true),
        /** The shared state fails at once for one router. */
        STATE_AWAY(false, true, true),
        /** The shared state does what one router asks and answers with a timeout. */
        STATE_TIMES_OUT(false, true, true),
        /** One router's questions to the shared state, and what it hears of it, take more than a second. */
        STATE_SLOW(false, true, true),
        /** An operator drains a node, with a deadline after which it is put back into service. */
        DRAIN(true, true, true),
        /** An operator drains a node and thinks better of it. */
        DRAIN_CANCELLED(true, true, true),
        /** Two operators drain the same node at two routers at once; it is put back into service later. */
        DRAIN_TWICE(true, true, true),
        /** An operator takes a node out; it is put back into service later. */
        TAKE_OUT(true, true, true),
        /** A copy of the dialog store takes over, and has lost the writes of the last two seconds at most. */
        STORE_FAILS_OVER(false, false, true),
        /** Reads of the dialog store are of a copy that lags, half the time, for two seconds at most. */
        STORE_READS_STALE(false, false, true),
        /** A router's clock on the wall jumps by seconds, an hour or a day, and back. */
        CLOCK_JUMPS(false, true, true),
        /** Fifteen times as many calls as usual, for five seconds at most. */
        CALL_BURST(false, false, true),
        /** An operator gives a node another weight, at one router for all; and then its own again. */
        RE_WEIGHT(true, true, true),
        /** Two operators change a node at two routers at once, its weight and its priority; and back. */
        CHANGED_TWICE(true, true, true),
        /** An operator drains a node and takes it off the list of all routers; then it is listed again. */
        REMOVED(true, true, true),
        /** The node crashes for so long that another takes over its calls. In runs with this or what follows here some can. */
        NODE_DIES(true, false, true),
        /** The node freezes for so long that another takes over its calls; then it goes on as if nothing had been. */
        NODE_PAUSED(true, false, true),
        /** Whoever is to recover calls takes seconds, and sometimes longer than it may. */
        RECOVERY_SLOW(false, false, true),
        /** Whoever is to recover calls can't. */
        RECOVERY_FAILS(false, false, true),
        /** The next router that has calls recovered is killed meanwhile; then another is there in its place. */
        ACTOR_CRASH(false, false, true),
        /** An operator restarts all nodes by a rolling drain at one router. */
        NODES_ROLLED(false, true, true),
        /** All routers are restarted, one after the other. */
        ROUTERS_ROLLED(false, false, true),
        /** A copy of the shared state takes over, and has lost the writes of the last two seconds at most; connections may break. */
        STATE_FAILS_OVER(false, false, true),
        /** Reads of the shared state are of a copy that lags, half the time, for two seconds at most. */
        STATE_READS_STALE(false, false, true);

        private final boolean meetsNode;
        private final boolean meetsRouter;
        private final boolean lasts;

        Kind(boolean meetsNode, boolean meetsRouter, boolean lasts) {
            this.meetsNode = meetsNode;
            this.meetsRouter = meetsRouter;
            this.lasts = lasts;
        }

        /** Whether it concerns one node. */
        boolean meetsNode() {
            return meetsNode;
        }

        /** Whether it concerns one router, and so nobody if that is gone. */
        boolean meetsRouter() {
            return meetsRouter;
        }
    }
}
