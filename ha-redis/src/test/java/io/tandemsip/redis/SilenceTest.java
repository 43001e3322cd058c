package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SilenceTest {
    private static final long LIMIT = 1_000;

    /** Fails when the latest question counts, and not the first that was not answered. */
    @ParameterizedTest
    @ValueSource(longs = {5, Long.MAX_VALUE - 100})
    void silence_countsFromTheFirstQuestionThatWasNotAnswered(long start) {
        Silence silence = Silence.NONE.sent(start).sent(start + 900);
        assertThat(silence.isLongerThan(LIMIT, start + LIMIT)).isFalse();
        assertThat(silence.isLongerThan(LIMIT, start + LIMIT + 1)).isTrue();
    }

    @Test
    void whoWasNotAsked_mayBeSilent() {
        assertThat(Silence.NONE.isLongerThan(LIMIT, Long.MAX_VALUE)).isFalse();
    }
}
