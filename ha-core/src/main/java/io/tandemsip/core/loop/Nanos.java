package io.tandemsip.core.loop;

import java.time.Duration;

/** Durations as nanoseconds that can be added to any moment and still be compared. Immutable: only functions. */
public final class Nanos {
    /** About 73 years: the longest span that is told apart. */
    public static final long MAX = Long.MAX_VALUE / 4;

    private static final Duration LONGEST = Duration.ofNanos(MAX);

    private Nanos() {}

    /**
     * A duration in nanoseconds.
     *
     * @param duration any
     * @return its nanoseconds, from 0 to {@link #MAX}
     */
    public static long of(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return duration.compareTo(LONGEST) > 0 ? MAX : duration.toNanos();
    }

    /**
     * A span, so many times over.
     *
     * @param nanos 0 to {@link #MAX}
     * @param times 0 or more
     * @return {@link #MAX} at most
     */
    public static long times(long nanos, int times) {
        return nanos != 0 && times > MAX / nanos ? MAX : nanos * times;
    }

    /**
     * A moment as a hash code: neighbours are far apart, and the same moment gives the same code in every process.
     *
     * @param nanos any moment
     * @return any number
     */
    public static int spread(long nanos) {
        return Long.hashCode(nanos * 0x9E37_79B9_7F4A_7C15L);
    }

    /**
     * A span as people read it.
     *
     * @param nanos the span
     * @return whole milliseconds below ten seconds, whole seconds above
     */
    public static String text(long nanos) {
        long millis = nanos / 1_000_000;
        return millis < 10_000 ? millis + " ms" : millis / 1_000 + " s";
    }
}
