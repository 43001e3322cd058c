package io.tandemsip.core.takeover;

import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who has the dialogs of dead nodes: one entry for each take-over of such a node, whatever number of dialogs it had. Outranks cookies
 * and bindings, which name the first owner for as long as the dialog lives. A node that came back and died again has several: what it
 * had before each of them went another way. Bounded by the nodes: of each one the last {@link #MOST}. Immutable.
 */
public final class TakeoverTable {
    /** Of one node. A dialog that outlived more of them follows the oldest that is known. */
    public static final int MOST = 16;

    /** Nothing moved. */
    public static final TakeoverTable EMPTY = new TakeoverTable(Map.of());

    /** In the order of their epochs. */
    private final Map<NodeId, List<Takeover>> byDead;

    private TakeoverTable(Map<NodeId, List<Takeover>> byDead) {
        this.byDead = byDead;
    }

    /**
     * A table.
     *
     * @param takeovers in the order in which they were
     * @return the table
     */
    public static TakeoverTable of(Collection<Takeover> takeovers) {
        TakeoverTable table = EMPTY;
        for (Takeover each : takeovers) {
            table = table.with(each);
        }
        return table;
    }

    /**
     * This one and what is new.
     *
     * @param takeover takes the place of what was said of it before; no earlier one than the node's last
     * @return a changed copy
     */
    public TakeoverTable with(Takeover takeover) {
        List<Takeover> all = new ArrayList<>(byDead.getOrDefault(takeover.dead(), List.of()));
        all.removeIf(each -> each.epoch() >= takeover.epoch());
        all.add(takeover);
        Map<NodeId, List<Takeover>> next = new HashMap<>(byDead);
        next.put(takeover.dead(), List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size())));
        return new TakeoverTable(Map.copyOf(next));
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
        Takeover next = firstAbove(owner, epoch);
        while (next != null) {
            last = next;
            next = next.state() == TakeoverState.RECOVERED ? firstAbove(next.successor(), next.epoch()) : null;
        }
        return last;
    }

    /**
     * What the node had under that epoch went with this one; later ones are about what it got since. What could not be recovered it has
     * still if it came back in the same life, and then it goes with the next one.
     */
    private @Nullable Takeover firstAbove(NodeId dead, long epoch) {
        Takeover failed = null;
        for (Takeover each : byDead.getOrDefault(dead, List.of())) {
            if (failed != null && each.incarnation().differsFrom(failed.incarnation())) {
                return failed;
            }
            if (each.epoch() > epoch) {
                if (each.state() != TakeoverState.FAILED) {
                    return each;
                }
                failed = each;
            }
        }
        return failed;
    }

    /**
     * How it stands with a node.
     *
     * @param dead which
     * @return its last take-over; null if there was none
     */
    public @Nullable Takeover last(NodeId dead) {
        List<Takeover> all = byDead.get(dead);
        return all == null ? null : all.get(all.size() - 1);
    }

    /**
     * The take-overs.
     *
     * @return those of a node in the order in which they were
     */
    public Stream<Takeover> all() {
        return byDead.values().stream().flatMap(List::stream);
    }
}
