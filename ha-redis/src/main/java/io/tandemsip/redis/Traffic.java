package io.tandemsip.redis;

import java.util.function.LongSupplier;

/**
 * What all lanes of one Redis share. Thread-safe.
 *
 * @param limits how much may wait
 * @param ticker tells nanoseconds from any beginning
 * @param counters counts
 */
record Traffic(Limits limits, LongSupplier ticker, Counters counters) {
    <Q extends Request<?>> Lane<Q> lane(String name, int largestBatch, Lane.Sender<Q> sender) {
        return new Lane<>(name, largestBatch, this, sender);
    }
}
