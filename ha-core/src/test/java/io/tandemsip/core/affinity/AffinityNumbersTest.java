package io.tandemsip.core.affinity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.node.Incarnation;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What routers of different versions have to agree on, and the numbers that hosts give. */
class AffinityNumbersTest {
    private static final byte[] SECRET = "a secret of more than 16 bytes".getBytes(US_ASCII);

    /** The vectors of RFC 4648 section 10, in lower case and without padding. */
    @Test
    void base32_isThatOfTheRfc() {
        List<String> vectors = List.of("", "my", "mzxq", "mzxw6", "mzxw6yq", "mzxw6ytb", "mzxw6ytboi");
        for (int size = 0; size < vectors.size(); size++) {
            byte[] bytes = "foobar".substring(0, size).getBytes(US_ASCII);
            assertThat(Base32.encode(bytes)).isEqualTo(vectors.get(size));
            assertThat(Base32.decode(vectors.get(size), size)).isEqualTo(bytes);
        }
        assertThat(Base32.decode("m\u0080", 1)).isNull();
        assertThat(Base32.decode("m\u00ff", 1)).isNull();
        assertThat(Base32.decode("m1", 1)).isNull();
        assertThat(Base32.decode("mz", 1)).as("bits that are left over").isNull();
        assertThat(Base32.decode("my", 2)).isNull();
    }

    /**
     * Of FNV-1a's published values, folded. Cookies carry it, and outlive the router that wrote them.
     *
     * <p>Fails when anything about the hash changes.
     */
    @Test
    void theShortFormOfALife_isFnvFolded() {
        assertThat(CookieCodec.hash(Incarnation.UNKNOWN)).isZero();
        assertThat(CookieCodec.hash(new Incarnation("a"))).isEqualTo(folded(0xAF63DC4C8601EC8CL));
        assertThat(CookieCodec.hash(new Incarnation("foobar"))).isEqualTo(folded(0x85944171F73967E8L));
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            seen.add(CookieCodec.hash(new Incarnation("life " + i)));
        }
        assertThat(seen).hasSize(1_000).doesNotContain(0);
    }

    private static int folded(long hash) {
        return (int) ((hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L >> 32);
    }

    /** Fails when a session's interval is left aside, or nothing is added for its BYE. */
    @Test
    void times_areThoseGiven() {
        DialogTimes times = new DialogTimes(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
        assertThat(times.earlyNanos()).isEqualTo(1_000_000_000L);
        assertThat(times.confirmedNanos(Duration.ZERO)).isEqualTo(2_000_000_000L);
        assertThat(times.confirmedNanos(Duration.ofMinutes(30))).isEqualTo((30 * 60 + 64) * 1_000_000_000L);
        Duration some = Duration.ofSeconds(1);
        for (Duration bad : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            assertThatThrownBy(() -> new DialogTimes(bad, some, some))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("early time to live");
            assertThatThrownBy(() -> new DialogTimes(some, bad, some))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("confirmed time to live");
            assertThatThrownBy(() -> new DialogTimes(some, some, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tombstone");
        }
    }

    /** Fails when the random key is the same each time, or a key is not told from a random one. */
    @Test
    void keys_tellWhatTheyAre_andNothingOfTheSecret() {
        AffinityKeys random = AffinityKeys.random(new SplittableRandom(1));
        AffinityKeys given = AffinityKeys.of(3, SECRET);
        assertThat(random.isRandom()).isTrue();
        assertThat(given.isRandom()).isFalse();
        assertThat(random).hasToString("AffinityKeys[signing=0, random]");
        assertThat(given).hasToString("AffinityKeys[signing=3]");
        assertThat(random.sign(0, SECRET))
                .isNotEqualTo(AffinityKeys.random(new SplittableRandom(2)).sign(0, SECRET));
        assertThat(random.sign(0, SECRET))
                .isNotEqualTo(AffinityKeys.of(0, new byte[32]).sign(0, SECRET));
    }
}
