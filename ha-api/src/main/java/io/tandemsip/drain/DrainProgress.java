package io.tandemsip.drain;

import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How far a drain has come. Immutable.
 *
 * @param node which node
 * @param state where it stands
 * @param dialogsAtStart dialogs on the node when the drain began
 * @param dialogsLeft dialogs on the node now, calls that are being set up included
 * @param elapsed since it began
 * @param oldest how long the oldest of those left has lasted; empty when none is left
 * @param detail what it waits for, or why it ended, for people
 */
public record DrainProgress(
        NodeId node,
        DrainState state,
        long dialogsAtStart,
        long dialogsLeft,
        Duration elapsed,
        Optional<Duration> oldest,
        String detail) {
    /** Checks that nothing is missing. */
    public DrainProgress {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(elapsed, "elapsed");
        Objects.requireNonNull(oldest, "oldest");
        Objects.requireNonNull(detail, "detail");
    }

    /**
     * How much is done.
     *
     * @return 0 to 1
     */
    public double share() {
        if (dialogsAtStart <= 0) {
            return dialogsLeft <= 0 ? 1 : 0;
        }
        return Math.min(1, Math.max(0, 1 - (double) dialogsLeft / dialogsAtStart));
    }
}
