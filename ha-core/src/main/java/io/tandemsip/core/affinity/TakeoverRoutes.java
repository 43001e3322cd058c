package io.tandemsip.core.affinity;

import io.tandemsip.DialogRoute;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Tells who has the dialogs of dead nodes. Asked on the routing path: never blocks. Thread-safe. */
@FunctionalInterface
public interface TakeoverRoutes {
    /** Nothing moves. */
    TakeoverRoutes NONE = (owner, epoch, sender) -> null;

    /**
     * Where a dialog is whose owner was dead.
     *
     * @param owner who made it
     * @param epoch under which epoch
     * @param sender the node that sent the request on the owner's side; the successor does not wait for itself, and others
     *     have lost the dialog
     * @return null if it did not move; not complete while it is being recovered, for a bounded time
     */
    @Nullable
    CompletionStage<DialogRoute> route(NodeId owner, long epoch, Optional<NodeId> sender);

    /**
     * Waits while it is open whether another node gets the dialogs of one that is down.
     *
     * @param down which node
     * @return null if that is decided, or as many wait as may; else complete when it is, within a bounded time
     */
    default @Nullable CompletionStage<Boolean> whenDecided(NodeId down) {
        return null;
    }

    /**
     * Waits while it is open whether another node gets the dialogs that one had before a restart.
     *
     * @param restarted which node
     * @return null if it is known who has them; else complete within a bounded time: with true when it is, with false if it still is not,
     *     or as many wait as may
     */
    default @Nullable CompletionStage<Boolean> whenSettled(NodeId restarted) {
        return null;
    }

    /**
     * The store refused to bind a dialog to a node, since that is fenced: it is to be bound again when it is known who has it.
     *
     * @param binding what was refused
     * @param timeToLive how long it was to stand
     */
    default void refused(DialogBinding binding, Duration timeToLive) {}

    /**
     * What the store is to have of a dialog. It refuses to bind one to a node that has lost it, so that whoever has it now is its owner
     * there once it lost the record of the first.
     *
     * @param binding as the first owner bound it
     * @return the same if it did not move
     */
    default DialogBinding standing(DialogBinding binding) {
        return binding;
    }
}
