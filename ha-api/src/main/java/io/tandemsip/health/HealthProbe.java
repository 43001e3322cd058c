package io.tandemsip.health;

import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Asks a node whether it can serve. Implemented by probes; proved by {@code HealthProbeContract} in this module's
 * test-jar, those by OPTIONS also by {@code OptionsProbeContract}.
 *
 * <p>Guarantees: exactly one result per call, within the timeout (plus scheduling), whatever the node does; never
 * throws and never fails the stage: what breaks on this side is {@link ProbeResult.LocalError}. A late or foreign answer
 * is dropped. Does not block the caller. Thread-safe.
 */
public interface HealthProbe extends AutoCloseable {
    /**
     * Asks once.
     *
     * @param node whom
     * @param timeout how long to wait for an answer; more than zero
     * @return the result; completed on any thread
     */
    CompletionStage<ProbeResult> probe(Node node, Duration timeout);

    /**
     * Begins to tell what the probe learns of a node between questions. By default it learns nothing, and never tells.
     *
     * @param node whom; watched once at a time
     * @param news is told until the watch is closed, and perhaps once more while that is under way
     * @return ends it; idempotent
     */
    default Watch watch(Node node, ProbeNews news) {
        return () -> {};
    }

    /** Gives back what it holds; idempotent. */
    @Override
    default void close() {}

    /** A watch under way. Thread-safe. */
    @FunctionalInterface
    interface Watch extends AutoCloseable {
        /** Ends it, without waiting. Idempotent. */
        @Override
        void close();
    }
}
