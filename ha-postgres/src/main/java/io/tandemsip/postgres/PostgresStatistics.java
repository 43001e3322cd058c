package io.tandemsip.postgres;

/**
 * What the stores of one database did since they were made. Immutable.
 *
 * @param waiting requests that wait or are under way
 * @param answered requests that were answered
 * @param failed requests that failed, those refused not counted
 * @param refused requests that found their queue full
 * @param batches batches sent; answered and failed over batches is how many requests share a round trip
 * @param notifications how often other routers were told that shared state changed
 * @param resyncs how often shared state was read anew because the connection for it was made anew
 * @param swept rows removed because they had expired
 * @param unreadable rows passed over in listings because they can't be read
 */
public record PostgresStatistics(
        int waiting,
        long answered,
        long failed,
        long refused,
        long batches,
        long notifications,
        long resyncs,
        long swept,
        long unreadable) {}
