package io.tandemsip.postgres;

/**
 * How much may wait, and how long. Immutable.
 *
 * @param queue requests in one lane
 * @param timeoutNanos until a request is sent, and again until its batch is answered
 */
record Limits(int queue, long timeoutNanos) {}
