package io.tandemsip.core.takeover;

import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has the dialogs of dead nodes: one entry for each such node, whatever number of dialogs it had. Outranks cookies and
 * bindings, which name the first owner for as long as the dialog lives. Immutable.
 */
public final class TakeoverTable {
    /** Nothing moved. */
    public static final TakeoverTable EMPTY = new TakeoverTable(Map.of());

    private final Map<NodeId, Takeover> byDead;

    private TakeoverTable(Map<NodeId, Takeover> byDead) {
        this.byDead = byDead;
    }

    /**
     * A table.
     *
     * @param takeovers the last of each node
     * @return the table
     */
    public static TakeoverTable of(Collection<Takeover> takeovers) {
        Map<NodeId, Takeover> byDead = new HashMap<>();
        takeovers.forEach(each -> byDead.put(each.dead(), each));
        return byDead.isEmpty() ? EMPTY : new TakeoverTable(Map.copyOf(byDead));
    }

    /**
     * Whether nothing moved, so that nobody needs to look.
     *
     * @return true if it is empty
     */
    public boolean isEmpty() {
        return byDead.isEmpty();
    }

    /**
     * The take-over that decides on a dialog. A successor may have died in its turn, so this follows from one to the next: the
     * epochs only grow, so that it ends.
     *
     * @param owner who made the dialog
     * @param epoch under which epoch
     * @return null if it did not move
     */
    public @Nullable Takeover of(NodeId owner, long epoch) {
        Takeover last = null;
        NodeId holder = owner;
        long since = epoch;
        for (Takeover next = byDead.get(holder); next != null && since < next.epoch(); next = byDead.get(holder)) {
            last = next;
            if (next.state() != TakeoverState.RECOVERED) {
                break;
            }
            holder = next.successor();
            since = next.epoch();
        }
        return last;
    }

    /**
     * The take-overs.
     *
     * @return the last of each node
     */
    public Collection<Takeover> all() {
        return byDead.values();
    }
}
