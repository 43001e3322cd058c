package io.tandemsip.dialog;

import java.util.List;
import java.util.Objects;

/**
 * Some of a node's dialogs. Immutable.
 *
 * @param bindings at most as many as were asked for
 * @param nextCursor what to ask the next page with; empty on the last page
 */
public record DialogPage(List<DialogBinding> bindings, String nextCursor) {
    /** Copies the list. */
    public DialogPage {
        bindings = List.copyOf(bindings);
        Objects.requireNonNull(nextCursor, "nextCursor");
    }

    /**
     * Whether there is no further page.
     *
     * @return true if the cursor is empty
     */
    public boolean isLast() {
        return nextCursor.isEmpty();
    }
}
