package io.tandemsip.core.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DerivedKeysTest {
    private static final byte[] FIRST = new byte[32];
    private static final byte[] SECOND = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    @Test
    void derived_ofTheSameKey_isTheSameWhereverItStandsInTheRing() {
        List<byte[]> before = AffinityKeys.of(3, FIRST).derived("x");
        List<byte[]> after = AffinityKeys.of(5, SECOND).accepting(3, FIRST).derived("x");
        assertThat(before).hasSize(1);
        assertThat(after).hasSize(2);
        assertThat(after.get(0)).as("the one that signs comes first").isNotEqualTo(before.get(0));
        assertThat(after.get(1)).hasSize(32).isEqualTo(before.get(0));
    }

    @Test
    void derived_forAnotherPurposeOrFromAnotherKey_isAnother() {
        assertThat(Stream.of(
                                AffinityKeys.of(3, FIRST).derived("x"),
                                AffinityKeys.of(3, FIRST).derived("y"),
                                AffinityKeys.of(3, SECOND).derived("x"))
                        .map(each -> each.get(0)))
                .doesNotHaveDuplicates()
                .doesNotContain(FIRST, SECOND);
    }

    @Test
    void derived_askedAgain_isTheSameList() {
        AffinityKeys keys = AffinityKeys.of(3, FIRST);
        assertThat(keys.derived("x")).isSameAs(keys.derived("x"));
    }
}
