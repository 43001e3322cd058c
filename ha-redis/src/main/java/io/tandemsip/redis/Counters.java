package io.tandemsip.redis;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the stores of one Redis do. Thread-safe. */
final class Counters {
    final AtomicInteger waiting = new AtomicInteger();
    final LongAdder answered = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder batches = new LongAdder();
    final LongAdder connects = new LongAdder();
    final LongAdder silences = new LongAdder();
    final LongAdder news = new LongAdder();
    final LongAdder resyncs = new LongAdder();
    final LongAdder unreadable = new LongAdder();

    RedisStatistics statistics() {
        return new RedisStatistics(
                waiting.get(),
                answered.sum(),
                failed.sum(),
                refused.sum(),
                batches.sum(),
                connects.sum(),
                silences.sum(),
                news.sum(),
                resyncs.sum(),
                unreadable.sum());
    }
}
