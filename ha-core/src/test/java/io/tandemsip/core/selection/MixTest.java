package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Which node a key goes to is the same for routers of all versions: what it is reckoned by does not change. */
class MixTest {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final long MULTIPLIER = 0xD6E8FEB86659FD93L;

    /** The first three numbers of SplitMix64 from the seed 0, as published; and the JDK's from others. */
    @Test
    void theFinisher_isThatOfSplitMix64() {
        assertThat(Mix.finish(0)).isEqualTo(0xE220A8397B1DCDAFL);
        assertThat(Mix.finish(GOLDEN)).isEqualTo(0x6E789E6AA1B965F4L);
        assertThat(Mix.finish(0x3C6EF372FE94F82AL)).isEqualTo(0x06C45D188009454FL);
        for (long seed : new long[] {1, -1, 42, Long.MIN_VALUE}) {
            assertThat(Mix.finish(seed)).isEqualTo(new SplittableRandom(seed).nextLong());
        }
    }

    /** Fails when a character, the length or the key is left out, or put in otherwise. */
    @Test
    void aText_isMixedFourCharactersAtATime() {
        SplittableRandom random = new SplittableRandom(5);
        for (int length = 0; length < 30; length++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append((char) random.nextInt(0x1_0000));
            }
            long key = random.nextLong();
            assertThat(Mix.text(text.toString(), key)).isEqualTo(reference(text.toString(), key));
        }
    }

    private static long reference(String text, long key) {
        long hash = Mix.finish(key ^ text.length() * GOLDEN);
        int at = 0;
        while (at < text.length()) {
            int taken = text.length() - at >= 4 ? 4 : 1;
            long word = 0;
            for (int i = taken - 1; i >= 0; i--) {
                word = word * 0x1_0000 + text.charAt(at + i);
            }
            hash = (hash ^ word) * MULTIPLIER;
            hash = hash ^ hash >>> 32;
            at += taken;
        }
        return Mix.finish(hash);
    }

    /** Fails when one of the two has no part in it, or they may be exchanged. */
    @Test
    void aPair_isMixedInOrder() {
        SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < 1_000; i++) {
            long a = random.nextLong();
            long b = random.nextLong();
            assertThat(Mix.pair(a, b))
                    .isEqualTo(Mix.finish((a + GOLDEN * (b | 1)) ^ b))
                    .isNotEqualTo(Mix.pair(b, a));
        }
        assertThat(Mix.pair(1, 2)).isNotEqualTo(Mix.pair(1, 3));
    }

    /** Fails when the highest hash is rounded up to 1, whose logarithm is 0. */
    @Test
    void aUnit_isBetween0And1() {
        assertThat(Mix.unit(0)).isEqualTo(0x1p-53);
        assertThat(Mix.unit(-1L)).isEqualTo(1 - 0x1p-53).isLessThan(1);
        assertThat(Mix.unit(Long.MIN_VALUE)).isEqualTo(0.5 + 0x1p-53);
    }

    /** All columns and a fine grid of what is drawn within them: fails when a share is not that of the weight. */
    @Test
    void anAliasTable_givesEachItsShare() {
        for (double[] weights : new double[][] {{1}, {1, 1}, {1, 2, 3, 4}, {0.1, 0.1, 9.8}, {5, 1, 1, 1, 1, 1}}) {
            AliasTable table = AliasTable.of(weights);
            int grid = 2_000;
            double sum = 0;
            double[] share = new double[weights.length];
            for (int column = 0; column < weights.length; column++) {
                sum += weights[column];
                for (int i = 0; i < grid; i++) {
                    share[table.draw(new Fixed(column, (i + 0.5) / grid))] += 1.0 / grid / weights.length;
                }
            }
            for (int i = 0; i < weights.length; i++) {
                assertThat(share[i]).isBetween(weights[i] / sum - 0.001, weights[i] / sum + 0.001);
            }
            assertThat(table.isFor(weights)).isTrue();
            weights[0]++;
            assertThat(table.isFor(weights)).isFalse();
        }
    }

    private record Fixed(int column, double within) implements RandomGenerator {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int nextInt(int bound) {
            return column;
        }

        @Override
        public double nextDouble() {
            return within;
        }
    }
}
