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
 * @param medianLeft after what time half of those left will have ended, going by the lengths of the calls that ended on
 *     this router and by how long each of these has lasted; empty while too few were seen, and when none is left
 * @param eta after what time the last one will as likely as not have ended, by the same reckoning; empty likewise
 */
public record DrainProgress(
        NodeId node,
        DrainState state,
        long dialogsAtStart,
        long dialogsLeft,
        Duration elapsed,
        Optional<Duration> oldest,
        String detail,
        Optional<Duration> medianLeft,
        Optional<Duration> eta) {
    /** Checks that nothing is missing. */
    public DrainProgress {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(elapsed, "elapsed");
        Objects.requireNonNull(oldest, "oldest");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(medianLeft, "medianLeft");
        Objects.requireNonNull(eta, "eta");
    }

    /**
     * Progress without an estimate.
     *
     * @param node which node
     * @param state where it stands
     * @param dialogsAtStart dialogs on the node when the drain began
     * @param dialogsLeft dialogs on the node now
     * @param elapsed since it began
     * @param oldest how long the oldest of those left has lasted
     * @param detail what it waits for, or why it ended
     */
    public DrainProgress(
            NodeId node,
            DrainState state,
            long dialogsAtStart,
            long dialogsLeft,
            Duration elapsed,
            Optional<Duration> oldest,
            String detail) {
        this(node, state, dialogsAtStart, dialogsLeft, elapsed, oldest, detail, Optional.empty(), Optional.empty());
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
