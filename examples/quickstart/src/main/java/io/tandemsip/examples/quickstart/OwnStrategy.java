package io.tandemsip.examples.quickstart;

import io.tandemsip.selection.SelectionStrategy;

/** A strategy of one's own in one line. Immutable. */
public final class OwnStrategy {
    private OwnStrategy() {}

    /**
     * Prefers nodes with room, those near the caller twice as much.
     *
     * @return for {@code Tandem.builder().strategy(…)}
     */
    public static SelectionStrategy nearAndFree() {
        // snippet:strategy
        return SelectionStrategy.byScore(
                (call, node) -> node.freeShare() * (node.zone().equals(call.zone()) ? 2 : 1));
        // end:strategy
    }
}
