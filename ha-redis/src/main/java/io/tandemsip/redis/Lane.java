package io.tandemsip.redis;

import io.tandemsip.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of requests that are sent in batches, in order, some batches at once. While these are under way the next
 * gathers, so that batches are as large as the load asks for and nobody waits for company. Of two with equal keys the second
 * is sent when the first was answered, whatever way each takes. Whoever adds a request or answers a batch sends what is
 * next: no thread waits. Thread-safe.
 *
 * @param <Q> the requests
 */
final class Lane<Q extends Request<?>> {
    private static final int MOST_UNDER_WAY = 4;

    private final String name;
    private final int largestBatch;
    private final Limits limits;
    private final LongSupplier ticker;
    private final Counters counters;
    private final Sender<Q> sender;
    private final Queue<Q> queue = new ConcurrentLinkedQueue<>();
    private final Set<Object> keysUnderWay = ConcurrentHashMap.newKeySet();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger runs = new AtomicInteger();
    private final CompletableFuture<Boolean> drained = new CompletableFuture<>();
    private volatile boolean closed;

    Lane(String name, int largestBatch, Traffic traffic, Sender<Q> sender) {
        this.name = name;
        this.largestBatch = largestBatch;
        this.limits = traffic.limits();
        this.ticker = traffic.ticker();
        this.counters = traffic.counters();
        this.sender = sender;
    }

    /** Appends a request; it fails at once when the queue is full or closed. */
    void add(Q request) {
        if (waiting.incrementAndGet() > limits.queue() || closed) {
            waiting.decrementAndGet();
            refuse(request);
            if (closed) {
                run();
            }
            return;
        }
        counters.waiting.incrementAndGet();
        request.deadlineNanos(ticker.getAsLong() + limits.timeoutNanos());
        queue.add(request);
        run();
    }

    private void refuse(Q request) {
        if (closed) {
            request.fail(isClosed());
            return;
        }
        counters.refused.increment();
        request.fail(new StoreUnavailableException(
                "the queue of " + name + " in Redis is full with " + limits.queue() + " requests"));
    }

    /** Takes no more; what waits is still sent. Completed when all is answered. */
    CompletionStage<Boolean> close() {
        closed = true;
        run();
        return drained;
    }

    /** Fails what waits; what is under way has its own limit. */
    void abandon() {
        closed = true;
        List<Q> left = new ArrayList<>();
        for (Q next = queue.poll(); next != null; next = queue.poll()) {
            left.add(next);
        }
        fail(left, isClosed());
        answered(left);
    }

    private StoreUnavailableException isClosed() {
        return new StoreUnavailableException(name + " in Redis: closed");
    }

    /** One at a time, without a lock: whoever comes meanwhile makes the one that is at it go round once more. */
    private void run() {
        if (runs.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            sendWhatMay();
            seen = runs.addAndGet(-seen);
        } while (seen != 0);
    }

    private void sendWhatMay() {
        while (underWay.get() < MOST_UNDER_WAY) {
            List<Q> batch = gather();
            if (batch.isEmpty()) {
                break;
            }
            underWay.incrementAndGet();
            counters.batches.increment();
            send(batch).whenComplete((done, failure) -> {
                finish(batch, failure);
                underWay.decrementAndGet();
                run();
            });
        }
        if (closed && waiting.get() == 0) {
            drained.complete(true);
        }
    }

    /** As many as fit, up to one whose key is under way; those whose time is over are answered so, without being sent. */
    private List<Q> gather() {
        List<Q> batch = new ArrayList<>();
        List<Q> late = new ArrayList<>();
        long now = ticker.getAsLong();
        for (Q next = queue.peek(); next != null && batch.size() < largestBatch; next = queue.peek()) {
            boolean isLate = next.isLate(now);
            if (!isLate && !keysUnderWay.add(next.key())) {
                break;
            }
            if (!queue.remove(next)) {
                // abandoned meanwhile: no key matters any more
                break;
            }
            (isLate ? late : batch).add(next);
        }
        if (!late.isEmpty()) {
            fail(late, new StoreUnavailableException(name + " in Redis: not sent in time"));
            answered(late);
        }
        return batch;
    }

    private CompletionStage<?> send(List<Q> batch) {
        try {
            return sender.send(batch);
        } catch (RuntimeException | Error failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private void finish(List<Q> batch, @Nullable Throwable failure) {
        batch.forEach(each -> keysUnderWay.remove(each.key()));
        fail(batch, failure == null ? new IllegalStateException("a request was left undecided") : failure);
        answered(batch);
    }

    private void fail(List<Q> batch, Throwable failure) {
        Throwable why = Failures.of(failure);
        batch.forEach(each -> each.fail(why));
    }

    private void answered(List<Q> decided) {
        int failed = (int) decided.stream().filter(Request::failed).count();
        counters.failed.add(failed);
        counters.answered.add(decided.size() - failed);
        counters.waiting.addAndGet(-decided.size());
        waiting.addAndGet(-decided.size());
    }

    /**
     * Sends a batch and decides each request in it; those left undecided when the stage completes fail by its failure.
     *
     * @param <Q> the requests
     */
    @FunctionalInterface
    interface Sender<Q> {
        CompletionStage<?> send(List<Q> batch);
    }
}
