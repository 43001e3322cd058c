package io.tandemsip.redis;

/**
 * Judges a connection on which nothing comes back: a half-open one looks like a slow one until its silence is too long.
 * Pure.
 *
 * @param asking whether something was sent since the last sign of life
 * @param sinceNanos when the first of it was sent
 */
record Silence(boolean asking, long sinceNanos) {
    static final Silence NONE = new Silence(false, 0);

    Silence sent(long nowNanos) {
        return asking ? this : new Silence(true, nowNanos);
    }

    boolean isLongerThan(long limitNanos, long nowNanos) {
        return asking && nowNanos - sinceNanos > limitNanos;
    }
}
