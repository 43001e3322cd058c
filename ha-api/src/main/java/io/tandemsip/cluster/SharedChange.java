package io.tandemsip.cluster;

import java.util.Objects;

/** What a watch tells. */
public sealed interface SharedChange {
    /**
     * The key that changed.
     *
     * @return the key
     */
    String key();

    /**
     * The key has this value.
     *
     * @param entry the latest entry
     */
    record Put(SharedEntry entry) implements SharedChange {
        /** Checks that nothing is missing. */
        public Put {
            Objects.requireNonNull(entry, "entry");
        }

        @Override
        public String key() {
            return entry.key();
        }
    }

    /**
     * The key is gone: removed or expired.
     *
     * @param key the key
     */
    record Gone(String key) implements SharedChange {
        /** Checks that nothing is missing. */
        public Gone {
            Objects.requireNonNull(key, "key");
        }
    }
}
