package io.tandemsip.redis;

/**
 * How much may wait, and how long. Immutable.
 *
 * @param queue requests in one lane, those under way included
 * @param timeoutNanos until a request is sent, and again until it is answered
 */
record Limits(int queue, long timeoutNanos) {}
