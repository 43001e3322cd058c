package io.tandemsip.cluster;

import java.util.Objects;
import java.util.Optional;

/** What became of a compare-and-set. */
public sealed interface CasResult {
    /**
     * Done.
     *
     * @param version the version that the key has now
     */
    record Applied(long version) implements CasResult {}

    /**
     * Another version stood; nothing was changed.
     *
     * @param current what stands; empty if the key is absent
     */
    record Conflict(Optional<SharedEntry> current) implements CasResult {
        /** Checks that nothing is missing. */
        public Conflict {
            Objects.requireNonNull(current, "current");
        }
    }
}
