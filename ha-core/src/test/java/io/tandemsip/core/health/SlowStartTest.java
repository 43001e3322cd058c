package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SlowStartTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void factor_growsEvenlyFromTheMinimum() {
        SlowStart slowStart = SlowStart.of(HealthPolicy.defaults());
        assertThat(slowStart.factor(-SECOND)).isEqualTo(0.1);
        assertThat(slowStart.factor(0)).isEqualTo(0.1);
        assertThat(slowStart.factor(3 * SECOND)).isEqualTo(0.1);
        assertThat(slowStart.factor(15 * SECOND)).isEqualTo(0.5);
        assertThat(slowStart.factor(30 * SECOND)).isEqualTo(1);
        assertThat(slowStart.factor(Long.MAX_VALUE)).isEqualTo(1);
    }

    /** Fails when {@code factor} leaves out the minimum, or its upper limit. */
    @Property
    void h5_factorNeverFallsAndStaysInRange(
            @ForAll @LongRange(min = -10, max = 60 * SECOND) long first,
            @ForAll @LongRange(min = 0, max = 60 * SECOND) long more,
            @ForAll @LongRange(min = 0, max = 40 * SECOND) long window) {
        SlowStart slowStart = new SlowStart(window, 0.2);
        assertThat(slowStart.factor(first)).isBetween(0.2, 1.0);
        assertThat(slowStart.factor(first + more)).isGreaterThanOrEqualTo(slowStart.factor(first));
    }

    @Test
    void begins_onlyFromDownToHealthy() {
        assertThat(SlowStart.begins(HealthState.DOWN, HealthState.HEALTHY)).isTrue();
        assertThat(SlowStart.begins(HealthState.UNKNOWN, HealthState.HEALTHY)).isFalse();
        assertThat(SlowStart.begins(HealthState.SUSPECT, HealthState.HEALTHY)).isFalse();
        assertThat(SlowStart.begins(HealthState.SUSPECT, HealthState.DOWN)).isFalse();
    }

    @Test
    void numbersOutOfRange_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SlowStart(-1, 0.1));
        assertThatIllegalArgumentException().isThrownBy(() -> new SlowStart(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new SlowStart(1, 1.5));
    }
}
