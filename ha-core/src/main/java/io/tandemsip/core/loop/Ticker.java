package io.tandemsip.core.loop;

/** Tells time that only goes forward. The only source of time in this module. Thread-safe. */
@FunctionalInterface
public interface Ticker {
    /**
     * Now, counted from an arbitrary moment; only differences mean anything.
     *
     * @return nanoseconds
     */
    long nanoTime();

    /**
     * The JVM's monotonic clock.
     *
     * @return the ticker for production
     */
    static Ticker system() {
        return System::nanoTime;
    }
}
