package io.tandemsip.core.route;

import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.core.cluster.KeySource;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How cookie keys are shared by the routers of a service. Never printed. Immutable. */
public final class SharedKeySettings {
    private static final int SECRET_BYTES = 32;

    private final RandomGenerator random;
    private final Duration period;
    private final byte[] own = new byte[SECRET_BYTES];

    /**
     * Settings with a key of this router's own, for as long as it has not heard of the others.
     *
     * @param random a good source of chance
     * @param period after what time another key signs
     */
    public SharedKeySettings(RandomGenerator random, Duration period) {
        this.random = random;
        this.period = period;
        random.nextBytes(own);
    }

    /**
     * What this router begins with.
     *
     * @return the ring
     */
    public AffinityKeys begin() {
        return AffinityKeys.of(KeySource.OWN_ID, own);
    }

    RandomGenerator random() {
        return random;
    }

    Duration period() {
        return period;
    }

    byte[] own() {
        return own.clone();
    }

    @Override
    public String toString() {
        return "SharedKeySettings[period=" + period + ']';
    }
}
