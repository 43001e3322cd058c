package io.tandemsip.core.selection;

/** Hashing for rendezvous: every bit of the input moves every bit of the output. Pure. */
public final class Mix {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** Odd, so that each step can be undone: two texts of one length differ until the end. */
    private static final long MULTIPLIER = 0xD6E8FEB86659FD93L;

    private Mix() {}

    /**
     * A text under a key, four characters at a time.
     *
     * @param text any
     * @param key equal where hashes are to be equal
     * @return 64 bits
     */
    public static long text(String text, long key) {
        int length = text.length();
        long hash = finish(key ^ length * GOLDEN);
        int i = 0;
        for (; i + 3 < length; i += 4) {
            long word = text.charAt(i)
                    | (long) text.charAt(i + 1) << 16
                    | (long) text.charAt(i + 2) << 32
                    | (long) text.charAt(i + 3) << 48;
            hash = (hash ^ word) * MULTIPLIER;
            hash ^= hash >>> 32;
        }
        for (; i < length; i++) {
            hash = (hash ^ text.charAt(i)) * MULTIPLIER;
            hash ^= hash >>> 32;
        }
        return finish(hash);
    }

    /**
     * Two hashes into one.
     *
     * @param a one
     * @param b the other
     * @return 64 bits
     */
    public static long pair(long a, long b) {
        return finish(a + GOLDEN * (b | 1) ^ b);
    }

    /** The finisher of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    static long finish(long value) {
        long z = value + GOLDEN;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** As a number between 0 and 1, neither of them: 52 bits and a half, which a double holds without rounding. */
    static double unit(long hash) {
        return ((hash >>> 12) + 0.5) * 0x1.0p-52;
    }
}
