package io.tandemsip.core.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * How many calls of routers that ended may still be up on a node: those that the dialog store has beyond what the routers that
 * are there have written to it. The numbers are of slightly different moments, so it takes the most that some of them allow.
 * Confined to the control loop.
 */
final class LostCalls {
    private static final int LOOKS = 3;

    private final Deque<Look> looks = new ArrayDeque<>();

    /**
     * One look.
     *
     * @param stored dialogs of the node in the store
     * @param known how many of them the routers that are there have surely written
     */
    void seen(long stored, long known) {
        looks.add(new Look(stored, known));
        if (looks.size() > LOOKS) {
            looks.remove();
        }
    }

    /** Empty before there were enough looks. */
    OptionalLong most() {
        if (looks.size() < LOOKS) {
            return OptionalLong.empty();
        }
        long stored = looks.stream().mapToLong(Look::stored).max().orElseThrow();
        long known = looks.stream().mapToLong(Look::known).min().orElseThrow();
        return OptionalLong.of(Math.max(0, stored - known));
    }

    void forget() {
        looks.clear();
    }

    private record Look(long stored, long known) {}
}
