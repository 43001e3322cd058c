package io.tandemsip.core.route;

import io.tandemsip.core.loop.Loop;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Looks at something again and again for as long as there is something to look at. Thread-safe. */
final class Lookout {
    private final Loop loop;
    private final LongSupplier untilNextNanos;
    private final Runnable look;
    private final BooleanSupplier more;
    private final AtomicBoolean looking = new AtomicBoolean();

    /** The look runs on the loop; when the next one is, and whether there is more, may be asked by any thread. */
    Lookout(Loop loop, LongSupplier untilNextNanos, Runnable look, BooleanSupplier more) {
        this.loop = loop;
        this.untilNextNanos = untilNextNanos;
        this.look = look;
        this.more = more;
    }

    /** There is something. Any thread. */
    void begin() {
        if (!looking.get() && looking.compareAndSet(false, true)) {
            loop.schedule(untilNextNanos.getAsLong(), this::tick);
        }
    }

    private void tick() {
        look.run();
        if (more.getAsBoolean()) {
            loop.schedule(untilNextNanos.getAsLong(), this::tick);
            return;
        }
        looking.set(false);
        if (more.getAsBoolean()) {
            begin();
        }
    }
}
