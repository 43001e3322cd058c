package io.tandemsip.jainsip;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.sip.message.Response;

/**
 * Waits for a store, for hosts that want an answer at once: a short time, and after a wait in vain not at all for a
 * second, so that a store that is away costs the host's thread next to nothing. Thread-safe.
 */
final class StoreWait {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final SipWay.Refused NOT_YET = new SipWay.Refused(
            Response.SERVICE_UNAVAILABLE, Duration.ofSeconds(1), "the dialog store has not answered");

    private final long mostNanos;
    private final LongSupplier nanoTime;
    private volatile long notBeforeNanos;

    StoreWait(Duration most, LongSupplier nanoTime) {
        this.mostNanos = most.toNanos();
        this.nanoTime = nanoTime;
        this.notBeforeNanos = nanoTime.getAsLong();
    }

    SipWay await(CompletionStage<SipWay> way) throws ExecutionException {
        Future<SipWay> found = way.toCompletableFuture();
        boolean mayWait = found.isDone() || nanoTime.getAsLong() - notBeforeNanos >= 0;
        if (!mayWait) {
            return NOT_YET;
        }
        try {
            return found.get(mostNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            notBeforeNanos = nanoTime.getAsLong() + PAUSE_NANOS;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return NOT_YET;
    }
}
