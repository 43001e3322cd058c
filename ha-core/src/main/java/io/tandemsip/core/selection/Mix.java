package io.tandemsip.core.selection;

/** Hashing for rendezvous: every bit of the input moves every bit of the output. Pure. */
final class Mix {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Mix() {}

    /** A text under a key. */
    static long text(String text, long key) {
        long hash = key ^ text.length() * GOLDEN;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
            hash ^= hash >>> 29;
        }
        return finish(hash);
    }

    /** Two hashes into one. */
    static long pair(long a, long b) {
        return finish(a + GOLDEN * (b | 1) ^ b);
    }

    /** The finisher of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    static long finish(long value) {
        long z = value + GOLDEN;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** As a number between 0 and 1, neither of them. */
    static double unit(long hash) {
        return ((hash >>> 11) + 0.5) * 0x1.0p-53;
    }
}
