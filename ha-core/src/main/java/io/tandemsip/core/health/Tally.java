package io.tandemsip.core.health;

/**
 * How the calls of a node came out so far. Immutable.
 *
 * @param succeeded calls that the node answered with anything but an error of its own
 * @param local calls without an answer
 * @param remote calls answered with an error
 * @param localInARow the last ones of these without a success between
 * @param remoteInARow the same for answered errors
 */
public record Tally(long succeeded, long local, long remote, int localInARow, int remoteInARow) {
    /** Before the first call. */
    public static final Tally NONE = new Tally(0, 0, 0, 0, 0);

    long failed() {
        return local + remote;
    }

    long total() {
        return succeeded + local + remote;
    }
}
