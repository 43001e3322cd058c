package io.tandemsip.event;

/** Ends what was subscribed to. Thread-safe. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
    /** Ends it; idempotent. A call that is under way may still finish. */
    @Override
    void close();
}
