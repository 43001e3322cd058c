package io.tandemsip.jainsip;

/**
 * Draws for requests, the same each time one comes again: what was refused is not accepted when it is repeated, as its sender would
 * not take that for an answer any more. Nobody who does not know the seed can tell what a request draws. Immutable.
 */
final class RequestDraw {
    private static final long PRIME = 0x100000001B3L;
    private static final double UNIT = 0x1p-53;

    private final long seed;

    /** Draws by a seed. */
    RequestDraw(long seed) {
        this.seed = seed;
    }

    /**
     * A number for a request.
     *
     * @param branch of its topmost Via, in lower case
     * @return any
     */
    long number(String branch, String callId) {
        return mix(text(text(seed, branch), callId));
    }

    /** The same as a part, 0 to less than 1. */
    static double part(long number) {
        return (number >>> 11) * UNIT;
    }

    /** FNV-1a. */
    private static long text(long hash, String text) {
        long sum = hash;
        for (int i = 0; i < text.length(); i++) {
            sum = (sum ^ text.charAt(i)) * PRIME;
        }
        return (sum ^ text.length()) * PRIME;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
