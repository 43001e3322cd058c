package io.tandemsip.core.view;

import java.util.List;

/** Hands out the selector for a set of nodes. Confined to the control loop. */
@FunctionalInterface
public interface Selectors {
    /**
     * The tier of these nodes.
     *
     * @param pool whose
     * @param nodes sorted by id, not empty
     * @return with the selector in force for this very set, kept from the last view where the set is the same
     */
    Tier tier(String pool, List<LiveNode> nodes);
}
