package io.tandemsip.core.view;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The tiers of a pool for one traffic class, in the orders in which they may be asked. Immutable. */
final class TierOrders {
    private final Tier[] byPriority;
    private final Tier[][] beginningWith;
    private final int gated;
    private final boolean trials;
    private final double[] shares;

    /** Shares as of {@link SpillOver}: of the first tiers, or empty if the first one is always asked first. */
    TierOrders(List<Tier> tiers, int gated, boolean trials, double[] shares) {
        this.gated = gated;
        this.trials = trials;
        byPriority = tiers.toArray(Tier[]::new);
        this.shares = shares;
        beginningWith = new Tier[shares.length][];
        for (int i = 0; i < shares.length; i++) {
            List<Tier> order = new ArrayList<>(tiers);
            order.add(0, order.remove(i));
            beginningWith[i] = order.toArray(Tier[]::new);
        }
    }

    int gated() {
        return gated;
    }

    /** Whether one of the first tiers has a node that one call is to try. */
    boolean hasTrials() {
        return trials;
    }

    Tier[] byPriority() {
        return byPriority;
    }

    Tier[] forNextCall(RandomGenerator random) {
        if (shares.length == 0) {
            return byPriority;
        }
        double drawn = random.nextDouble();
        for (int i = 0; i < shares.length; i++) {
            drawn -= shares[i];
            if (drawn < 0) {
                return beginningWith[i];
            }
        }
        return byPriority;
    }
}
