package io.tandemsip.dialog;

import java.util.Objects;

/**
 * What becomes of each operation that would need the dialog store while the store is away. Requests whose dialog carries a
 * cookie, or is in the router's memory, never need it and are not concerned. Immutable.
 *
 * @param newCalls what becomes of new calls, whose bindings can't be written
 * @param lookUps what becomes of requests whose owner the store alone could tell
 */
public record StoreOutagePolicy(NewCalls newCalls, LookUps lookUps) {
    /** Checks that nothing is missing. */
    public StoreOutagePolicy {
        Objects.requireNonNull(newCalls, "newCalls");
        Objects.requireNonNull(lookUps, "lookUps");
    }

    /**
     * New calls go on and their bindings wait in bounded memory; what can't be looked up is told to come again.
     *
     * @return {@link NewCalls#DEGRADED} and {@link LookUps#CLOSED}
     */
    public static StoreOutagePolicy defaults() {
        return new StoreOutagePolicy(NewCalls.DEGRADED, LookUps.CLOSED);
    }

    /**
     * A copy with another choice for new calls.
     *
     * @param choice what becomes of them
     * @return the changed copy
     */
    public StoreOutagePolicy withNewCalls(NewCalls choice) {
        return new StoreOutagePolicy(choice, lookUps);
    }

    /**
     * A copy with another choice for look-ups.
     *
     * @param choice what becomes of them
     * @return the changed copy
     */
    public StoreOutagePolicy withLookUps(LookUps choice) {
        return new StoreOutagePolicy(newCalls, choice);
    }

    /** What becomes of new calls. */
    public enum NewCalls {
        /** Placed; their bindings are given up and counted, so that nothing has to be written when the store is back. */
        OPEN,
        /** Placed; their bindings wait in bounded memory and are written when the store is back. */
        DEGRADED,
        /** Refused with Retry-After: for services where a call that one router alone knows is worse than none. */
        CLOSED
    }

    /** What becomes of requests within a dialog that have no cookie and whose dialog this router does not remember. */
    public enum LookUps {
        /** As if the dialog were unknown: 481, by which a user agent ends its side of the call at once. */
        OPEN,
        /** 503 with Retry-After: the dialog may well be up, and nobody ends it. */
        CLOSED
    }
}
