package io.tandemsip.core.health;

import java.util.ArrayList;
import java.util.List;

/** Rows of a page's table of transitions. Confined to one thread. */
public final class TransitionTable {
    private final List<String> rows = new ArrayList<>();

    /** A table with nothing but its head. */
    public TransitionTable() {
        rows.add("| state | event | state after | effects |");
        rows.add("|---|---|---|---|");
    }

    /**
     * Adds a transition.
     *
     * @param state before
     * @param event what happened
     * @param after the state after
     * @param effects what is done, in this order
     */
    public void add(Object state, String event, Object after, List<String> effects) {
        String done = effects.isEmpty() ? "none" : String.join(", ", effects);
        rows.add("| " + state + " | " + event + " | " + after + " | " + done + " |");
    }

    /**
     * The table.
     *
     * @return its lines
     */
    public List<String> rows() {
        return rows;
    }
}
