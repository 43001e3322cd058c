package io.tandemsip.core.affinity;

import io.tandemsip.dialog.DialogId;

/**
 * Names dialogs by 128 bits, so that their texts need not be kept: SipHash-1-3 with two words of output (Aumasson and
 * Bernstein, 2012) over the Call-ID and the tags in lexical order, under a secret key. Who does not know the key can't make two
 * dialogs that look the same; by chance any two of a million do so once in 10^26. Immutable.
 */
final class DialogHash {
    private final long k0;
    private final long k1;

    DialogHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** A dialog's name. Immutable. */
    static final class Key {
        private final long high;
        private final long low;

        Key(long high, long low) {
            this.high = high;
            this.low = low;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.high == high && key.low == low;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(low);
        }
    }

    /** Of both orientations the same. */
    Key of(DialogId dialog) {
        return of(dialog.callId(), dialog.fromTag(), dialog.toTag());
    }

    /** Of an id in the making: with an empty second tag. */
    Key of(String callId, String fromTag, String toTag) {
        boolean asIs = toTag.isEmpty() || fromTag.compareTo(toTag) <= 0;
        Rounds rounds = new Rounds(k0, k1);
        rounds.take(callId);
        rounds.take(asIs ? fromTag : toTag);
        rounds.take(asIs ? toTag : fromTag);
        return rounds.end();
    }

    /** The four words of the state. Confined to one thread. */
    private static final class Rounds {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        Rounds(long k0, long k1) {
            v0 = k0 ^ 0x736f6d6570736575L;
            v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee;
            v2 = k0 ^ 0x6c7967656e657261L;
            v3 = k1 ^ 0x7465646279746573L;
        }

        /** Four characters a word; then the length, so that no two lists of texts are the same sequence of words. */
        void take(String text) {
            int length = text.length();
            int at = 0;
            for (; at + 4 <= length; at += 4) {
                word(text.charAt(at)
                        | (long) text.charAt(at + 1) << 16
                        | (long) text.charAt(at + 2) << 32
                        | (long) text.charAt(at + 3) << 48);
            }
            long rest = 0;
            for (int i = length - 1; i >= at; i--) {
                rest = rest << 16 | text.charAt(i);
            }
            word(rest);
            word(length);
        }

        private void word(long word) {
            v3 ^= word;
            round();
            v0 ^= word;
        }

        Key end() {
            v2 ^= 0xee;
            round();
            round();
            round();
            long high = v0 ^ v1 ^ v2 ^ v3;
            v1 ^= 0xdd;
            round();
            round();
            round();
            return new Key(high, v0 ^ v1 ^ v2 ^ v3);
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
