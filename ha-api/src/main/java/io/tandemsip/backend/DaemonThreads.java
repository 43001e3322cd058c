package io.tandemsip.backend;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads with a name. Thread-safe. */
public final class DaemonThreads implements ThreadFactory {
    private final String name;
    private final AtomicInteger number = new AtomicInteger();

    /**
     * None yet.
     *
     * @param name what each is called, with a number behind it
     */
    public DaemonThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, name + '-' + number.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
