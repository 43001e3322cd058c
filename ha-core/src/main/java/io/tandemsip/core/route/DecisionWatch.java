package io.tandemsip.core.route;

import io.tandemsip.core.view.Tier;
import org.jspecify.annotations.Nullable;

/**
 * Sees each placement, at next to no cost: the ring keeps it, the shadow strategy gets to know of it. Thread-safe.
 *
 * @param ring the last placements
 * @param shadow what another strategy would do; null without one
 */
record DecisionWatch(DecisionRing ring, @Nullable Shadow shadow) {
    void placed(Attempt attempt, Tier tier) {
        int slot = ring.add(attempt);
        if (shadow != null) {
            shadow.offer(attempt, tier, slot);
        }
    }
}
