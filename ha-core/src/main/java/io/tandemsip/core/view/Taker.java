package io.tandemsip.core.view;

import io.tandemsip.node.Incarnation;
import java.util.Objects;

/**
 * A node that calls of another moved to. One for all calls of a take-over. Immutable but for what its node changes.
 *
 * @param live the node
 * @param life in which it took them, as the take-over says; a router that was cut off from it may not have seen it there yet
 */
public record Taker(LiveNode live, Incarnation life) {
    /** Checks that nothing is missing. */
    public Taker {
        Objects.requireNonNull(live, "live");
        Objects.requireNonNull(life, "life");
    }

    /**
     * Whether the calls may be there, now that the node was seen to restart.
     *
     * @return true if the life that began is the one that took them
     */
    public boolean tookThemInThisLife() {
        return life.isKnown() && !life.differsFrom(live.identity().incarnation());
    }
}
