package io.tandemsip.examples.haproxy.config;

import io.tandemsip.jainsip.Registrations;
import io.tandemsip.location.LocationStore;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the file says of REGISTER. Immutable.
 *
 * @param to what becomes of them
 * @param from who may register where the proxy answers itself
 * @param flowKey what signs the tokens by which users are reached; empty for one that is made at each start
 * @param contactsAtOnce how many contacts of a user ring at once at most; empty for the proxy's default
 */
public record RegistrationsConfig(Kind to, List<String> from, Optional<FlowKey> flowKey, OptionalInt contactsAtOnce) {
    /** What a file without a word of it has. */
    public static final RegistrationsConfig DEFAULTS =
            new RegistrationsConfig(Kind.NODES, List.of(), Optional.empty(), OptionalInt.empty());

    /** Copies the list. */
    public RegistrationsConfig {
        from = List.copyOf(from);
    }

    /** Who gets REGISTER. */
    public enum Kind {
        /** Nodes, unchanged. */
        NODES,
        /** Nodes, with a Path. */
        NODES_BY_PATH,
        /** Nodes, with a Path, and a store afterwards. */
        NODES_AND_STORE,
        /** The proxy itself. */
        STORE;

        /** The name in the file. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Optional<Kind> of(String text) {
            return java.util.Arrays.stream(values())
                    .filter(kind -> kind.text().equals(text))
                    .findFirst();
        }
    }

    /** Whether a store is needed. */
    public boolean isStored() {
        return to == Kind.NODES_AND_STORE || to == Kind.STORE;
    }

    /**
     * As the proxy wants it.
     *
     * @param store where registrations are, if they are stored
     */
    public Registrations over(LocationStore store) {
        Registrations unlimited = unsigned(store);
        Registrations made =
                contactsAtOnce.isPresent() ? unlimited.withContactsAtOnce(contactsAtOnce.getAsInt()) : unlimited;
        return flowKey.map(key -> made.withFlowKey(key.bytes())).orElse(made);
    }

    private Registrations unsigned(LocationStore store) {
        return switch (to) {
            case NODES -> Registrations.toNodes();
            case NODES_BY_PATH -> Registrations.toNodesByPath();
            case NODES_AND_STORE -> Registrations.toNodesAndStore(store);
            case STORE -> Registrations.toStore(store, from);
        };
    }
}
