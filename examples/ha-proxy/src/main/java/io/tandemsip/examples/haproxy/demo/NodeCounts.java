package io.tandemsip.examples.haproxy.demo;

/**
 * What a demo node has seen. Immutable.
 *
 * @param calls new calls in all its lives
 * @param up calls that are up now
 * @param misrouted requests within dialogs that it never had
 * @param ofFormerLife requests within dialogs that died with an earlier life of it
 */
public record NodeCounts(long calls, int up, long misrouted, long ofFormerLife) {}
