package io.tandemsip.examples.quickstart;

import io.tandemsip.selection.SelectionStrategy;

/** A way to pick nodes of one's own: the one with the most room, twice as gladly if it is near. Immutable. */
final class NearFirst {
    private NearFirst() {}

    static SelectionStrategy strategy() {
        // snippet
        return SelectionStrategy.byScore(
                (call, node) -> node.freeShare() * (node.zone().equals(call.zone()) ? 2 : 1));
        // end of snippet
    }
}
