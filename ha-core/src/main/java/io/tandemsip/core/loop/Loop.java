package io.tandemsip.core.loop;

/**
 * Runs tasks one at a time, in the order given, and timers when they are due. All state that decides routing is changed
 * by such tasks and by nothing else. Thread-safe.
 */
public interface Loop {
    /**
     * Runs a task after those given before. Any thread.
     *
     * @param task must not block; what it throws is reported and ends that task only
     */
    void execute(Runnable task);

    /**
     * Runs a task later. Any thread.
     *
     * @param delayNanos from now; 0 or less means as soon as possible
     * @param task as for {@link #execute}
     * @return ends the timer if it is not due yet
     */
    Timer schedule(long delayNanos, Runnable task);

    /**
     * Whether the caller is a task of this loop.
     *
     * @return true on the loop
     */
    boolean inLoop();

    /**
     * Now, on the loop's ticker.
     *
     * @return nanoseconds
     */
    long nanoTime();

    /** A timer that was set. Thread-safe. */
    @FunctionalInterface
    interface Timer {
        /** Takes it back; without effect once it ran. Idempotent. */
        void cancel();
    }
}
