package io.tandemsip.examples.haproxy.demo;

/**
 * What the caller has seen. Immutable.
 *
 * @param placed calls
 * @param up now
 * @param failed not answered, or refused within the call, with their node alive
 * @param lost were up on a node that died
 * @param slow took longer than 500 ms to be answered
 * @param slowestMillis the longest that an answer took
 */
public record CallerCounts(long placed, int up, long failed, long lost, long slow, long slowestMillis) {}
