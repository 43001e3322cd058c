package io.tandemsip.core.freeswitch;

import java.util.Objects;

/**
 * Why a connection to an event socket ended, or came to nothing. Immutable.
 *
 * @param kind what it is a sign of
 * @param detail for people; never holds the password
 */
record EslEnd(Kind kind, String detail) {
    EslEnd {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }

    /** What the end of a connection is a sign of. */
    enum Kind {
        /** It was up, and the other side ended it without a word. */
        CLOSED,
        /** It was up, and the node said that it shuts down. */
        SHUTDOWN,
        /** Nobody listens there. */
        REFUSED,
        /** No connection, greeting, or answer within the time that it may take. */
        SILENT,
        /** The node's access list does not let this host in. */
        DENIED,
        /** The password is wrong. */
        WRONG_PASSWORD,
        /** Something that is no event socket answers there. */
        FOREIGN,
        /** This side could not. */
        LOCAL;

        /** Whether somebody has to change a configuration, and the node may be well. */
        boolean isMisconfiguration() {
            return this == DENIED || this == WRONG_PASSWORD || this == FOREIGN;
        }
    }
}
