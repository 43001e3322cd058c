package io.tandemsip.core.cluster;

import io.tandemsip.core.affinity.AffinityKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What it takes to share cookie keys. Never printed. Immutable. */
public final class KeySource {
    /** The number of the key that each router signs with until it hears of the shared ones. */
    public static final int OWN_ID = KeyRing.IDS;

    private final InstantSource clock;
    private final RandomGenerator random;
    private final Duration period;
    private final byte[] own;
    private final Consumer<AffinityKeys> use;

    /**
     * A source.
     *
     * @param clock tells wall-clock time; an hour more or less makes a key an hour older or younger
     * @param random a good source of chance
     * @param period after what time another key signs
     * @param own what this router signs with until it hears of the others, under {@link #OWN_ID}
     * @param use takes the keys from now on; on the loop
     */
    public KeySource(
            InstantSource clock, RandomGenerator random, Duration period, byte[] own, Consumer<AffinityKeys> use) {
        this.clock = clock;
        this.random = random;
        this.period = period;
        this.own = own.clone();
        this.use = use;
    }

    KeyRing first() {
        return KeyRing.first(random, clock.millis());
    }

    KeyRing announced(KeyRing ring) {
        return ring.announced(random, clock.millis());
    }

    KeyRing signing(KeyRing ring) {
        return ring.signing(clock.millis());
    }

    boolean isDue(KeyRing ring) {
        return ring.isOlderThan(period.toMillis(), clock.millis());
    }

    void use(KeyRing ring) {
        use.accept(ring.keys(OWN_ID, own));
    }

    @Override
    public String toString() {
        return "KeySource[period=" + period + ']';
    }
}
