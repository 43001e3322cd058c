package io.tandemsip.jainsip;

import io.tandemsip.dialog.DialogId;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Deals with what a listener saw, on a thread of its own, so that nothing that breaks or hangs here is felt by the stack.
 * What is more than it can take is dropped and counted: a call of which nothing is heard is found by the router later.
 * Under load it wakes a thousand times a second at most; when nothing passes for some seconds, there is no thread.
 * Thread-safe.
 */
final class Observer implements AutoCloseable {
    /** What is counted when it is full. */
    static final String FULL = "what passed was too much to be looked at";

    private static final int MOST = 10_000;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int NAPS_BEFORE_SLEEP = 50;

    private final DoorAnswers answers;
    private final DoorRequests requests;
    private final Mishaps mishaps;
    private final long sleepNanos;
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private volatile boolean asleep;
    private volatile boolean closed;

    /** The last argument says after how long without news the thread ends. */
    Observer(DoorAnswers answers, DoorRequests requests, Mishaps mishaps, Duration idle) {
        this.sleepNanos = idle.toNanos();
        this.answers = answers;
        this.requests = requests;
        this.mishaps = mishaps;
    }

    void heard(Heard heard) {
        add(() -> answers.note(heard));
    }

    void cancelled(RequestKey key) {
        add(() -> requests.cancelled(key));
    }

    void over(DialogId dialog) {
        add(() -> answers.over(dialog));
    }

    private void add(Runnable task) {
        if (closed) {
            return;
        }
        if (waiting.get() >= MOST) {
            mishaps.report(FULL, new IllegalStateException("more than " + MOST + " events wait"));
            return;
        }
        waiting.incrementAndGet();
        news.add(task);
        wake();
    }

    private void wake() {
        Thread now = thread.get();
        if (now == null) {
            begin();
        } else if (asleep) {
            LockSupport.unpark(now);
        }
    }

    private void begin() {
        Thread fresh = new Thread(this::run, "tandem-observer");
        fresh.setDaemon(true);
        if (thread.compareAndSet(null, fresh)) {
            fresh.start();
        }
    }

    private void run() {
        int naps = 0;
        while (!closed) {
            if (drain()) {
                naps = 0;
            } else if (naps < NAPS_BEFORE_SLEEP) {
                naps++;
                LockSupport.parkNanos(this, NAP_NANOS);
            } else if (sleep()) {
                naps = 0;
            } else {
                break;
            }
        }
        thread.set(null);
        if (!news.isEmpty() && !closed) { // came while this thread was leaving
            begin();
        }
    }

    /** Whether there is a thread. */
    boolean isRunning() {
        return thread.get() != null;
    }

    /** Whether its thread waits to be woken. */
    boolean isAsleep() {
        return asleep;
    }

    /** Whether there was anything. */
    private boolean drain() {
        boolean any = false;
        for (Runnable next = news.poll(); next != null && !closed; next = news.poll()) {
            any = true;
            waiting.decrementAndGet();
            try {
                next.run();
            } catch (RuntimeException | Error broken) {
                mishaps.report("what passed could not be dealt with", broken);
            }
        }
        return any;
    }

    /** Whether something came meanwhile. */
    private boolean sleep() {
        asleep = true;
        if (news.isEmpty() && !closed) {
            LockSupport.parkNanos(this, sleepNanos);
        }
        asleep = false;
        return !news.isEmpty();
    }

    @Override
    public void close() {
        closed = true;
        news.clear();
        Thread now = thread.get();
        if (now != null) {
            LockSupport.unpark(now);
        }
    }
}
