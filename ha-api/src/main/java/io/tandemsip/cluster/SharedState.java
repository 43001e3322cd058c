package io.tandemsip.cluster;

import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A small replicated map by which routers tell each other things. Implemented by back ends; proved by
 * {@code SharedStateContract} in this module's test-jar.
 *
 * <p>Guarantees: each key's changes are totally ordered by version; compare-and-set is atomic; entries expire by the
 * store's clock; a watch delivers every key's latest value at least once, also after a reconnect, and never a version
 * older than one it delivered before. No method blocks. Arguments out of range are refused at once by an {@link IllegalArgumentException}; other failures complete the stage with a
 * {@link io.tandemsip.error.StoreUnavailableException} (surely not done) or a
 * {@link io.tandemsip.error.StoreTimeoutException} (may have been done). Thread-safe.
 */
public interface SharedState extends AutoCloseable {
    /** The expected version that means: only if the key is absent. */
    long ABSENT = 0;

    /**
     * Reads a key.
     *
     * @param key 1 to 200 printable ASCII characters
     * @return empty if absent or expired
     */
    CompletionStage<Optional<SharedEntry>> get(String key);

    /**
     * Reads all keys with a prefix.
     *
     * @param prefix empty for all
     * @return sorted by key
     */
    CompletionStage<List<SharedEntry>> list(String prefix);

    /**
     * Writes a key if its version is the one expected.
     *
     * @param key 1 to 200 printable ASCII characters
     * @param expectedVersion the version last seen, or {@link #ABSENT}
     * @param value at most 65,536 characters
     * @param timeToLive after which it is absent again; {@link Duration#ZERO} for never
     * @return the entry as it stands now: the one written, or the one that was in the way
     */
    CompletionStage<CasResult> compareAndSet(String key, long expectedVersion, String value, Duration timeToLive);

    /**
     * Removes a key if its version is the one expected.
     *
     * @param key the key
     * @param expectedVersion the version last seen
     * @return done, or the entry that was in the way
     */
    CompletionStage<CasResult> remove(String key, long expectedVersion);

    /**
     * Tells of all keys with a prefix: first what stands, then each change.
     *
     * @param prefix empty for all
     * @param listener called for one change at a time, on a thread of the store; must not block
     * @return ends the watch
     */
    Subscription watch(String prefix, Consumer<SharedChange> listener);

    /** Gives back what it holds; idempotent. What is called afterwards fails as unavailable. */
    @Override
    void close();
}
