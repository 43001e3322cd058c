package io.tandemsip.drain;

import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import java.util.List;
import java.util.Objects;

/**
 * The dialogs that are left at the deadline of a drain. Immutable.
 *
 * @param node on which node
 * @param dialogsLeft how many; 0 if only the node itself counts calls
 * @param dialogs those that this router knows, at most {@link #MOST}; a call that is being set up without the callee's tag
 */
public record Stragglers(NodeId node, long dialogsLeft, List<DialogId> dialogs) {
    /** How many are listed at most. */
    public static final int MOST = 1_000;

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if it is longer than {@link #MOST}
     */
    public Stragglers {
        Objects.requireNonNull(node, "node");
        dialogs = List.copyOf(dialogs);
        if (dialogs.size() > MOST) {
            throw new IllegalArgumentException(
                    "stragglers of node " + node + ": " + dialogs.size() + "; expected at most " + MOST);
        }
    }
}
