package io.tandemsip.jainsip;

import io.tandemsip.dialog.DialogId;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Deals with what a listener saw, on a thread of its own, so that nothing that breaks or hangs here is felt by the stack.
 * What is more than it can take is dropped and counted: a call of which nothing is heard is found by the router later.
 * Under load it wakes a thousand times a second at most, and not at all when nothing passes. Thread-safe.
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
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "tandem-observer");
    private volatile boolean asleep;
    private volatile boolean closed;

    Observer(DoorAnswers answers, DoorRequests requests, Mishaps mishaps) {
        this.answers = answers;
        this.requests = requests;
        this.mishaps = mishaps;
        thread.setDaemon(true);
    }

    Observer start() {
        thread.start();
        return this;
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
        if (waiting.get() >= MOST) {
            mishaps.report(FULL, new IllegalStateException("more than " + MOST + " events wait"));
            return;
        }
        waiting.incrementAndGet();
        news.add(task);
        if (asleep) {
            LockSupport.unpark(thread);
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
            } else {
                sleep();
                naps = 0;
            }
        }
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

    private void sleep() {
        asleep = true;
        if (news.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
