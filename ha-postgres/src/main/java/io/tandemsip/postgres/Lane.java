package io.tandemsip.postgres;

import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of requests that are sent in batches, one batch at a time and in order. While one is under way the next
 * gathers, so that batches are as large as the load asks for and nobody waits for company. Thread-safe.
 *
 * @param <Q> the requests
 */
final class Lane<Q extends Request<?>> {
    private final String name;
    private final int largestBatch;
    private final Limits limits;
    private final Executor executor;
    private final LongSupplier ticker;
    private final Counters counters;
    private final BatchWork<Q> work;
    private final Queue<Q> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    Lane(String name, int largestBatch, Traffic traffic, BatchWork<Q> work) {
        this.name = name;
        this.largestBatch = largestBatch;
        this.limits = traffic.limits();
        this.executor = traffic.executor();
        this.ticker = traffic.ticker();
        this.counters = traffic.counters();
        this.work = work;
    }

    /** Appends a request; it fails at once when the queue is full or closed. */
    void add(Q request) {
        if (closed) {
            refuse(request, isClosed());
            return;
        }
        if (waiting.incrementAndGet() > limits.queue()) {
            waiting.decrementAndGet();
            counters.refused.increment();
            refuse(
                    request,
                    new StoreUnavailableException(
                            "the queue of " + name + " is full with " + limits.queue() + " requests"));
            return;
        }
        counters.waiting.incrementAndGet();
        request.deadlineNanos(ticker.getAsLong() + limits.timeoutNanos());
        queue.add(request);
        run();
    }

    private static void refuse(Request<?> request, StoreUnavailableException why) {
        request.failUnlessDecided(why);
        request.tell();
    }

    /** Takes no more; what waits is still sent. */
    void close() {
        closed = true;
    }

    /** Fails what waits. */
    void abandon() {
        closed = true;
        List<Q> left = new ArrayList<>();
        for (Q next = queue.poll(); next != null; next = queue.poll()) {
            next.failUnlessDecided(isClosed());
            left.add(next);
        }
        tell(left);
    }

    private StoreUnavailableException isClosed() {
        return new StoreUnavailableException(name + " in PostgreSQL: closed");
    }

    private void run() {
        if (running.compareAndSet(false, true)) {
            try {
                executor.execute(this::sendNext);
            } catch (RejectedExecutionException noThread) {
                running.set(false);
                abandon();
            }
        }
    }

    private void sendNext() {
        do {
            List<Q> batch = gather();
            if (!batch.isEmpty()) {
                send(batch);
            }
            // once closed the executor takes no more tasks; else other lanes have their turn in between
        } while (closed && !queue.isEmpty());
        running.set(false);
        if (!queue.isEmpty()) {
            run();
        }
    }

    /** As many as fit, up to the second of a key; those whose time is over are answered so, without being sent. */
    private List<Q> gather() {
        List<Q> batch = new ArrayList<>();
        List<Q> late = new ArrayList<>();
        Set<Object> keys = new HashSet<>();
        long now = ticker.getAsLong();
        for (Q next = queue.peek(); next != null && batch.size() < largestBatch; next = queue.peek()) {
            boolean isLate = next.isLate(now);
            if ((!isLate && !keys.add(next.key())) || !queue.remove(next)) {
                break;
            }
            (isLate ? late : batch).add(next);
        }
        late.forEach(each ->
                each.failUnlessDecided(new StoreUnavailableException(name + " in PostgreSQL: not sent in time")));
        tell(late);
        return batch;
    }

    private void send(List<Q> batch) {
        HaException failure = attempt(batch);
        if (failure != null && batch.size() > 1 && Failures.isByContent(failure)) {
            // one of them is at fault: the others shall not pay for it
            batch.forEach(each -> fail(List.of(each), attempt(List.of(each))));
        } else {
            fail(batch, failure);
        }
        tell(batch);
    }

    private @Nullable HaException attempt(List<Q> batch) {
        counters.batches.increment();
        try {
            work.run(List.copyOf(batch));
            return null;
        } catch (HaException failure) {
            return failure;
        } catch (RuntimeException | Error failure) {
            return new HaException("a request to PostgreSQL failed", failure);
        }
    }

    private static void fail(List<? extends Request<?>> batch, @Nullable HaException failure) {
        if (failure != null) {
            batch.forEach(each -> each.failUnlessDecided(failure));
        }
    }

    private void tell(List<Q> decided) {
        waiting.addAndGet(-decided.size());
        counters.waiting.addAndGet(-decided.size());
        for (Q each : decided) {
            (each.failed() ? counters.failed : counters.answered).increment();
            each.tell();
        }
    }

    /**
     * Sends a batch and decides each request in it; those left undecided when it throws fail by what it threw.
     *
     * @param <Q> the requests
     */
    @FunctionalInterface
    interface BatchWork<Q> {
        void run(List<Q> batch);
    }
}
