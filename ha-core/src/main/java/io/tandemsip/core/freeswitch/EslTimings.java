package io.tandemsip.core.freeswitch;

import io.tandemsip.core.loop.Nanos;
import java.time.Duration;

/**
 * How long an event socket is waited for. Immutable.
 *
 * @param connect until the connection is up
 * @param greeting from then until the node has asked for the password
 * @param reply until each answer, that to the password too, before the connection counts as dead
 * @param firstRetry before the first new attempt that follows one that failed; doubled from there on
 * @param longestRetry the most between two attempts
 * @param misconfiguredRetry between attempts when somebody has to change a configuration
 */
record EslTimings(
        Duration connect,
        Duration greeting,
        Duration reply,
        Duration firstRetry,
        Duration longestRetry,
        Duration misconfiguredRetry) {
    static final EslTimings DEFAULTS = new EslTimings(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30));

    private static final int MOST_DOUBLINGS = 20;

    /**
     * When to try again: from half of the time to all of it, so that routers that lost a node together do not come back
     * together. A connection that was up for a while is tried at once: a refusal then is the first sign that the process is
     * gone.
     *
     * @param end how the connection ended
     * @param failures how many in a row, this one included
     * @param upNanos for how long the last one that was up had been so
     * @param draw at random, from 0 to 1
     * @return nanoseconds until the next attempt
     */
    long retryNanos(EslEnd.Kind end, int failures, long upNanos, double draw) {
        if (end == EslEnd.Kind.CLOSED && failures == 1 && upNanos >= Nanos.of(firstRetry)) {
            return 0;
        }
        long nanos = end.isMisconfiguration() ? Nanos.of(misconfiguredRetry) : doubledNanos(failures);
        return nanos / 2 + (long) (nanos / 2.0 * draw);
    }

    private long doubledNanos(int failures) {
        long grown = Nanos.times(Nanos.of(firstRetry), 1 << Math.min(failures - 1, MOST_DOUBLINGS));
        return Math.min(grown, Nanos.of(longestRetry));
    }
}
