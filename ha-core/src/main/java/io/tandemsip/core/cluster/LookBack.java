package io.tandemsip.core.cluster;

import io.tandemsip.core.loop.Loop;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Has what stands looked at every 10 s. A shared state that fails over may lose what was written last, and no watch tells an older
 * value than it told before: routers that know would go on as if nothing had been, and one that begins would not know. Confined to
 * the control loop.
 */
final class LookBack {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Loop loop;
    private final RandomGenerator random;
    private final Runnable look;
    private Loop.Timer timer = () -> {};

    /**
     * Not begun yet.
     *
     * @param loop on which all of this happens
     * @param random spreads it in time
     * @param look compares what stands with what is known, and tells it again
     */
    LookBack(Loop loop, RandomGenerator random, Runnable look) {
        this.loop = loop;
        this.random = random;
        this.look = look;
    }

    void start() {
        timer = loop.schedule((long) (PERIOD_NANOS * (0.9 + 0.1 * random.nextDouble())), () -> {
            look.run();
            start();
        });
    }

    void close() {
        timer.cancel();
    }
}
