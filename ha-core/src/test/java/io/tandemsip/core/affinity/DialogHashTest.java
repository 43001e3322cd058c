package io.tandemsip.core.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.dialog.DialogId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The hash is SipHash as it was published: compared with one that is written down anew, and that with the authors' own vector. */
class DialogHashTest {
    private static final long K0 = 0x0706050403020100L;
    private static final long K1 = 0x0F0E0D0C0B0A0908L;

    /** SipHash with 128 bits of output, of words. */
    private static long[] reference(int rounds, int lastRounds, long k0, long k1, List<Long> words) {
        long[] v = {
            k0 ^ 0x736f6d6570736575L, k1 ^ 0x646f72616e646f6dL, k0 ^ 0x6c7967656e657261L, k1 ^ 0x7465646279746573L
        };
        v[1] ^= 0xee;
        for (long word : words) {
            v[3] ^= word;
            mix(v, rounds);
            v[0] ^= word;
        }
        v[2] ^= 0xee;
        mix(v, lastRounds);
        long first = v[0] ^ v[1] ^ v[2] ^ v[3];
        v[1] ^= 0xdd;
        mix(v, lastRounds);
        return new long[] {first, v[0] ^ v[1] ^ v[2] ^ v[3]};
    }

    private static void mix(long[] v, int rounds) {
        for (int i = 0; i < rounds; i++) {
            half(v, 0, 1, 13, 32);
            half(v, 2, 3, 16, 0);
            half(v, 0, 3, 21, 0);
            half(v, 2, 1, 17, 32);
        }
    }

    private static void half(long[] v, int a, int b, int turn, int turnSum) {
        v[a] += v[b];
        v[b] = Long.rotateLeft(v[b], turn) ^ v[a];
        v[a] = Long.rotateLeft(v[a], turnSum);
    }

    /** The words of texts, put together character by character. */
    private static List<Long> words(String... texts) {
        List<Long> words = new ArrayList<>();
        for (String text : texts) {
            long word = 0;
            for (int i = 0; i < text.length(); i++) {
                word += (long) text.charAt(i) << 16 * (i % 4);
                if (i % 4 == 3) {
                    words.add(word);
                    word = 0;
                }
            }
            words.add(word);
            words.add((long) text.length());
        }
        return words;
    }

    /** The first of the authors' vectors for SipHash-2-4 with 128 bits: no input is one word that tells the length 0. */
    @Test
    void theReference_givesThePublishedVector() {
        assertThat(reference(2, 4, K0, K1, List.of(0L)))
                .containsExactly(Long.reverseBytes(0xa3817f04ba25a8e6L), Long.reverseBytes(0x6df67214c7550293L));
    }

    /** Fails when a round, a word, a length or a bit of the key is left out. */
    @Test
    void names_areThoseOfTheReference() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 300; i++) {
            DialogHash hash = new DialogHash(random.nextLong(), random.nextLong());
            assertThat(hash.of("a", "b", "")).isNotEqualTo(new DialogHash(K0, K1).of("a", "b", ""));
        }
        for (int length = 0; length < 40; length++) {
            String callId = text(random, length);
            String from = "a" + text(random, random.nextInt(12));
            String to = "b" + text(random, random.nextInt(12));
            long k0 = random.nextLong();
            long k1 = random.nextLong();
            long[] expected = reference(1, 3, k0, k1, words(callId, from, to));
            DialogHash.Key key = new DialogHash.Key(expected[0], expected[1]);
            DialogHash hash = new DialogHash(k0, k1);
            assertThat(hash.of(callId, from, to)).isEqualTo(key).hasSameHashCodeAs(key);
            assertThat(hash.of(callId, to, from)).as("in the other orientation").isEqualTo(key);
            assertThat(hash.of(callId, from, from)).isNotEqualTo(key);
            long[] early = reference(1, 3, k0, k1, words(callId, to, ""));
            assertThat(hash.of(DialogId.early(callId + "x", to))).isNotEqualTo(new DialogHash.Key(early[0], early[1]));
            assertThat(hash.of(callId, to, "")).isEqualTo(new DialogHash.Key(early[0], early[1]));
        }
    }

    private static String text(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) (random.nextInt(8) == 0 ? random.nextInt(0x3000) : 33 + random.nextInt(94)));
        }
        return text.toString();
    }
}
