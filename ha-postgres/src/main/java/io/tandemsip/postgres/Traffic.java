package io.tandemsip.postgres;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What all lanes of one database share. Thread-safe.
 *
 * @param limits how much may wait
 * @param executor runs batches; its threads may block
 * @param ticker tells nanoseconds from any beginning
 * @param counters counts
 */
record Traffic(Limits limits, Executor executor, LongSupplier ticker, Counters counters) {
    <Q extends Request<?>> Lane<Q> lane(String name, int largestBatch, Lane.BatchWork<Q> work) {
        return new Lane<>(name, largestBatch, this, work);
    }
}
