package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;

/**
 * What was seen of a node, kept apart from the machine and in the simplest way, and whether a verdict is covered by it
 * (H1, H3). Times count from the start of the run.
 */
final class EvidenceBook {
    private final HealthPolicy policy;
    private int failedProbes;
    private int signsOfLife;
    private long changedNanos;
    private long observedSinceNanos;
    private boolean agreed;

    EvidenceBook(HealthPolicy policy) {
        this.policy = policy;
    }

    /** A sign of life; while the node is suspect or down, what was sent before that does not count. */
    void positive(long sentNanos, HealthState state) {
        boolean trusted = state == HealthState.UNKNOWN || state == HealthState.HEALTHY;
        if (trusted || sentNanos >= changedNanos) {
            signsOfLife++;
            failedProbes = 0;
        }
    }

    void negative(long sentNanos, boolean probe) {
        signsOfLife = 0;
        if (probe && sentNanos >= changedNanos) {
            failedProbes++;
        }
    }

    void opinion(boolean agrees) {
        agreed = agrees;
    }

    void paused(long nowNanos) {
        observedSinceNanos = nowNanos;
    }

    void check(HealthState before, HealthStep step, long nowNanos) {
        for (HealthEffect effect : step.effects()) {
            if (effect instanceof HealthEffect.Changed changed) {
                assertThat(changed.from()).isEqualTo(before);
                assertThat(step.status().cause()).isNotBlank();
                check(changed, nowNanos);
                changedNanos = nowNanos;
                observedSinceNanos = nowNanos;
                signsOfLife = 0;
                failedProbes = 0;
            }
        }
        agreed = false;
    }

    private void check(HealthEffect.Changed changed, long nowNanos) {
        switch (changed.to()) {
            case UNKNOWN -> throw new AssertionError("nothing leads back to UNKNOWN: " + changed);
            case SUSPECT -> {
                assertThat(changed.from()).isIn(HealthState.UNKNOWN, HealthState.HEALTHY);
                assertThat(failedProbes).as(changed.cause()).isGreaterThanOrEqualTo(policy.burstProbes());
            }
            case DOWN -> {
                assertThat(changed.from()).isEqualTo(HealthState.SUSPECT);
                assertThat(signsOfLife).as(changed.cause()).isZero();
                if (!agreed) {
                    assertThat(failedProbes).as(changed.cause()).isPositive();
                    assertThat(nowNanos - observedSinceNanos)
                            .as(changed.cause())
                            .isGreaterThanOrEqualTo(policy.confirmDownAfter().toNanos());
                }
            }
            case HEALTHY ->
                assertThat(signsOfLife)
                        .as(changed.cause())
                        .isGreaterThanOrEqualTo(changed.from() == HealthState.DOWN ? policy.riseThreshold() : 1);
        }
    }
}
