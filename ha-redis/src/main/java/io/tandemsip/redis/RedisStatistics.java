package io.tandemsip.redis;

/**
 * What the stores of one Redis did since they were made. Immutable.
 *
 * @param waiting requests that wait or are under way
 * @param answered requests that were answered
 * @param failed requests that failed, those refused not counted
 * @param refused requests that found their queue full
 * @param batches batches sent; answered and failed over batches is how many requests share a round trip
 * @param connects connections that were made, the first ones included
 * @param silences connections that were dropped because nothing came back on them
 * @param news changes of shared state that came by publication
 * @param resyncs how often shared state was read as a whole
 * @param unreadable entries passed over because they can't be read, or name a node that is not known
 */
public record RedisStatistics(
        int waiting,
        long answered,
        long failed,
        long refused,
        long batches,
        long connects,
        long silences,
        long news,
        long resyncs,
        long unreadable) {}
