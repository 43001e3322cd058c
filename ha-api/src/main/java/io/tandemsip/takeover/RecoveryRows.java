package io.tandemsip.takeover;

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
     * @return how many rows are there to be recovered, one for each leg; fails if the database does
     */
    CompletionStage<Integer> prepareRecovery(String profile, String deadName, String successorAddress);

    /**
     * Brings the rows of living nodes back. Idempotent.
     *
     * @param profile the SIP profile, as the nodes call it
     * @return how many rows were hidden; fails if the database does
     */
    CompletionStage<Integer> endRecovery(String profile);
}
