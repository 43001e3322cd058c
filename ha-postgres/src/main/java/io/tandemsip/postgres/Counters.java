package io.tandemsip.postgres;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the stores of one database do. Thread-safe. */
final class Counters {
    final AtomicInteger waiting = new AtomicInteger();
    final LongAdder answered = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder batches = new LongAdder();
    final LongAdder notifications = new LongAdder();
    final LongAdder resyncs = new LongAdder();
    final LongAdder swept = new LongAdder();
    final LongAdder unreadable = new LongAdder();

    PostgresStatistics statistics() {
        return new PostgresStatistics(
                waiting.get(),
                answered.sum(),
                failed.sum(),
                refused.sum(),
                batches.sum(),
                notifications.sum(),
                resyncs.sum(),
                swept.sum(),
                unreadable.sum());
    }
}
