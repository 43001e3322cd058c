package io.tandemsip.core.health;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;

/** The policy's numbers as a machine needs them. Immutable. */
record HealthTimings(
        long intervalNanos,
        long suspectIntervalNanos,
        long downIntervalNanos,
        long probeTimeoutNanos,
        long burstFloorNanos,
        long burstSpacingNanos,
        long burstGapNanos,
        long confirmNanos,
        int burstProbes,
        int fallThreshold,
        int riseThreshold) {
    static HealthTimings of(HealthPolicy policy) {
        return new HealthTimings(
                Nanos.of(policy.interval()),
                Nanos.of(policy.suspectInterval()),
                Nanos.of(policy.downInterval()),
                Nanos.of(policy.probeTimeout()),
                Nanos.of(policy.burstTimeoutFloor()),
                Nanos.of(policy.burstSpacing()),
                Nanos.of(policy.burstMinimumGap()),
                Nanos.of(policy.confirmDownAfter()),
                policy.burstProbes(),
                policy.fallThreshold(),
                policy.riseThreshold());
    }

    long intervalNanos(HealthState state) {
        return switch (state) {
            case UNKNOWN, HEALTHY -> intervalNanos;
            case SUSPECT -> suspectIntervalNanos;
            case DOWN -> downIntervalNanos;
        };
    }

    long lateNanos(RoundTrips roundTrips) {
        return roundTrips.limitNanos(burstFloorNanos, probeTimeoutNanos);
    }
}
