package io.tandemsip.jainsip;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sip.ClientTransaction;
import javax.sip.TransactionTerminatedEvent;
import org.jspecify.annotations.Nullable;

/**
 * A request that goes on by other branches than the host's, which does not know of them: it sees its own transaction all the
 * time. Thread-safe.
 */
final class Moved {
    private final ClientTransaction host;
    private final String hostBranch;
    private final Set<String> givenUp = ConcurrentHashMap.newKeySet();
    private final Set<String> hungUp = ConcurrentHashMap.newKeySet();
    private @Nullable ClientTransaction now;
    private @Nullable ClientTransaction cancelling;
    private @Nullable TransactionTerminatedEvent kept;
    private boolean over;
    private boolean stayed;

    Moved(ClientTransaction host, String hostBranch) {
        this.host = host;
        this.hostBranch = hostBranch;
    }

    ClientTransaction host() {
        return host;
    }

    String hostBranch() {
        return hostBranch;
    }

    /** Nobody waits for what this branch brings any more. */
    void givesUp(String branch) {
        givenUp.add(branch);
    }

    /** Goes on by another transaction. */
    synchronized void goesOn(ClientTransaction by) {
        now = by;
        stayed = false;
    }

    /** There is nowhere to go on: the host is to see what its own branch brings. */
    synchronized void stays() {
        now = null;
        stayed = true;
        givenUp.clear();
    }

    /** Whether the host is to see what its own branch brings, whatever was tried in between. */
    synchronized boolean hasStayed() {
        return stayed;
    }

    synchronized boolean hasGoneOn() {
        return now != null;
    }

    /** What carries the request now, unless that is over. */
    synchronized Optional<ClientTransaction> now() {
        return over ? Optional.empty() : Optional.ofNullable(now);
    }

    boolean isGivenUp(String branch) {
        return givenUp.contains(branch);
    }

    /** Whether a dialog that nobody wants is heard of for the first time. */
    boolean hangsUp(String toTag) {
        return hungUp.add(toTag);
    }

    synchronized void cancels(ClientTransaction by) {
        cancelling = by;
    }

    synchronized boolean isCancelling(@Nullable ClientTransaction transaction) {
        return transaction != null && transaction == cancelling;
    }

    /** A transaction ended: what the host is to be told, which is that its own ended when the last one did. */
    synchronized Optional<TransactionTerminatedEvent> terminated(
            ClientTransaction transaction, TransactionTerminatedEvent event) {
        if (transaction == host) {
            if (over || now == null) {
                return Optional.of(event);
            }
            kept = event;
            return Optional.empty();
        }
        if (transaction != now && now != null) {
            return Optional.empty();
        }
        over = true;
        TransactionTerminatedEvent told = kept;
        kept = null;
        return Optional.ofNullable(told);
    }
}
