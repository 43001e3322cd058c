package io.tandemsip.core.freeswitch;

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
}
