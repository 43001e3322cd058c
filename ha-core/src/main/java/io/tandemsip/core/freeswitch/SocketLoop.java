package io.tandemsip.core.freeswitch;

import io.tandemsip.core.loop.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread that serves all sockets of a router's FreeSWITCH nodes, and their timers. Nothing that runs on it may
 * block. {@link #execute}, {@link #schedule} and {@link #close} are thread-safe; all else is confined to the thread.
 */
final class SocketLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketLoop.class);

    private final Ticker ticker;
    private final Selector selector;
    private final Thread thread;
    private final ExecutorService names;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>();
    private final AtomicLong timerNumbers = new AtomicLong();
    private volatile boolean closed;

    SocketLoop(Ticker ticker) {
        this.ticker = ticker;
        try {
            selector = Selector.open();
        } catch (IOException failure) {
            throw new UncheckedIOException("no selector for the event sockets", failure);
        }
        names = Executors.newCachedThreadPool(task -> daemon(task, "tandem-event-socket-names"));
        thread = daemon(this::run, "tandem-event-sockets");
        thread.start();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    long nanoTime() {
        return ticker.nanoTime();
    }

    /** Runs a task on the thread; drops it once closed. */
    void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /** Runs a task later, unless the timer is cancelled before, on the thread. */
    Due schedule(long delayNanos, Runnable task) {
        Due due = new Due(ticker.nanoTime() + Math.max(0, delayNanos), timerNumbers.incrementAndGet(), task);
        execute(() -> timers.add(due));
        return due;
    }

    /**
     * Looks a name up and answers on the thread.
     *
     * @param found is told the address; unresolved if there is none
     */
    void resolve(String host, int port, Consumer<InetSocketAddress> found) {
        if (closed) {
            return;
        }
        names.execute(() -> {
            InetSocketAddress address = new InetSocketAddress(host, port);
            execute(() -> found.accept(address));
        });
    }

    @Nullable
    SelectionKey keyOf(SocketChannel channel) {
        return channel.keyFor(selector);
    }

    SelectionKey register(SocketChannel channel, int operations, Ready ready) throws IOException {
        return channel.register(selector, operations, ready);
    }

    private void run() {
        List<SelectionKey> selected = new ArrayList<>();
        while (!closed) {
            try {
                select();
                selected.addAll(selector.selectedKeys());
                selector.selectedKeys().clear();
            } catch (IOException | ClosedSelectorException failure) {
                LOG.error("the event sockets are served no more", failure);
                names.shutdown();
                return;
            }
            selected.forEach(key -> guarded(() -> ready(key)));
            selected.clear();
            runDue();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                guarded(task);
            }
        }
        release();
    }

    private void select() throws IOException {
        Due next = timers.peek();
        if (!tasks.isEmpty()) {
            selector.selectNow();
        } else if (next == null) {
            selector.select();
        } else {
            long waitNanos = next.atNanos - ticker.nanoTime();
            if (waitNanos <= 0) {
                selector.selectNow();
            } else {
                selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(waitNanos + 999_999)));
            }
        }
    }

    private static void ready(SelectionKey key) {
        if (key.isValid() && key.attachment() instanceof Ready ready) {
            ready.ready(key);
        }
    }

    private void runDue() {
        long now = ticker.nanoTime();
        for (Due next = timers.peek(); next != null && next.atNanos - now <= 0; next = timers.peek()) {
            timers.remove();
            if (!next.cancelled) {
                guarded(next.task);
            }
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError failure) {
            LOG.error("a task of the event sockets failed", failure);
        }
    }

    /** Ends the thread and all sockets soon. Idempotent. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }

    /** Whoever waits for something is told first. */
    private void release() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task);
        }
        names.shutdown();
        for (SelectionKey key : selector.keys()) {
            try {
                key.channel().close();
            } catch (IOException ignored) {
                // it is gone either way
            }
        }
        try {
            selector.close();
        } catch (IOException ignored) {
            // as above
        }
    }

    /** Is told that a socket can be used. */
    @FunctionalInterface
    interface Ready {
        void ready(SelectionKey key);
    }

    /** A timer. */
    static final class Due implements Comparable<Due> {
        private final long atNanos;
        private final long number;
        private final Runnable task;
        private volatile boolean cancelled;

        Due(long atNanos, long number, Runnable task) {
            this.atNanos = atNanos;
            this.number = number;
            this.task = task;
        }

        void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Due other) {
            int byTime = Long.signum(atNanos - other.atNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
