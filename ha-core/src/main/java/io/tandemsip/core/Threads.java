package io.tandemsip.core;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads besides the control loop: those for effects and those for listeners, so that a listener that hangs takes
 * none from the effects. They come when they are needed and go after 10 s of rest. Thread-safe.
 *
 * @param effects runs probes, stores and hosts' actions
 * @param listeners runs listeners and users' strategies
 * @param end ends them, if they are the router's own
 */
record Threads(Executor effects, Executor listeners, Runnable end) {
    private static final long REST_SECONDS = 10;

    static Threads of(Executor given) {
        return new Threads(given, given, () -> {});
    }

    static Threads own() {
        ExecutorService effects = pool("tandem-effects");
        ExecutorService listeners = pool("tandem-listeners");
        return new Threads(effects, listeners, () -> {
            effects.shutdown();
            listeners.shutdown();
        });
    }

    void close() {
        end.run();
    }

    private static ExecutorService pool(String name) {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, REST_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, name + '-' + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
