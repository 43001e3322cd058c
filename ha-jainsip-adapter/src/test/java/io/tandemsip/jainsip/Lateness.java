package io.tandemsip.jainsip;

import java.util.concurrent.locks.LockSupport;

/** By how much the machine is late: a thread that wants its turn each few milliseconds, and says how long it had to wait at most. */
final class Lateness implements AutoCloseable {
    private static final long EVERY_NANOS = 5_000_000;

    private volatile boolean over;
    private volatile long mostNanos;

    Lateness() {
        Thread watching = new Thread(this::watch, "lateness");
        watching.setDaemon(true);
        watching.start();
    }

    private void watch() {
        long last = System.nanoTime();
        while (!over) {
            LockSupport.parkNanos(EVERY_NANOS);
            long now = System.nanoTime();
            mostNanos = Math.max(mostNanos, now - last - EVERY_NANOS);
            last = now;
        }
    }

    double mostMillis() {
        return mostNanos / 1e6;
    }

    @Override
    public void close() {
        over = true;
    }
}
