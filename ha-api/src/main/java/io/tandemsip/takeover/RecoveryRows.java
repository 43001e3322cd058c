package io.tandemsip.takeover;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The rows from which a node recovers the calls of another, in a database that both share. A recovery takes the rows of every node
 * but its own, and media addresses as they stand there, so they are made ready before and put back after. Thread-safe.
 */
public interface RecoveryRows {
    /**
     * Leaves only the dead node's rows to be found, with media at another address. What an earlier one that was not finished left
     * hidden comes back first.
     *
     * @param profile the SIP profile, as the nodes call it
     * @param deadName the dead node's name in the rows
     * @param successorAddress the IP address at which the successor receives media
     * @return what is there to be recovered; fails if the database does
     */
    CompletionStage<Rows> prepareRecovery(String profile, String deadName, String successorAddress);

    /**
     * Brings the rows of living nodes back. Idempotent.
     *
     * @param profile the SIP profile, as the nodes call it
     * @return how many rows were hidden; fails if the database does
     */
    CompletionStage<Integer> endRecovery(String profile);

    /**
     * What a node can be recovered from. Immutable.
     *
     * @param legs the identity that each leg has at whichever node it is
     * @param unacknowledged those of them whose ACK had not come, so that nobody can go on with them
     */
    record Rows(Set<String> legs, Set<String> unacknowledged) {
        /** Copies the sets. */
        public Rows {
            legs = Set.copyOf(legs);
            unacknowledged = Set.copyOf(unacknowledged);
        }
    }
}
