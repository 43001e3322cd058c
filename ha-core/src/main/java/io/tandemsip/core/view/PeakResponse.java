package io.tandemsip.core.view;

import io.tandemsip.selection.Candidate;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A node's time to the first response, up at once and down slowly: the peak EWMA of Finagle. A sample above the mean
 * replaces it; one below moves it by {@code 1 - exp(-elapsed / tau)}, tau 10 s; reading decays it as if nothing took any
 * time. While it knows nothing and a call was sent less than 4 s ago, it answers with a time worse than any, so that an
 * unknown node is tried by one call at a time. Lock-free, thread-safe.
 */
final class PeakResponse {
    private static final double TAU_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long TRIAL_NANOS = TimeUnit.SECONDS.toNanos(4);
    /** A failure counts as a response that took so long, lest a node that fails fast look fast. */
    static final long FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicReference<Peak> peak;
    private volatile long askedAtNanos;
    private volatile boolean asked;

    PeakResponse(long nowNanos) {
        peak = new AtomicReference<>(new Peak(0, nowNanos));
    }

    /** A call goes to the node. */
    void asked(long nowNanos) {
        if (current().at(nowNanos) < 1) {
            askedAtNanos = nowNanos;
            asked = true;
        }
    }

    void add(long sampleNanos, long nowNanos) {
        peak.updateAndGet(before -> before.with(sampleNanos, nowNanos));
    }

    long nanos(long nowNanos) {
        long cost = (long) current().at(nowNanos);
        if (cost > 0) {
            return cost;
        }
        return asked && nowNanos - askedAtNanos < TRIAL_NANOS ? Candidate.NOT_KNOWN_YET_NANOS : 0;
    }

    private Peak current() {
        return Objects.requireNonNull(peak.get());
    }

    private record Peak(double cost, long atNanos) {
        double at(long nowNanos) {
            return cost == 0 ? 0 : cost * remaining(nowNanos);
        }

        Peak with(long sampleNanos, long nowNanos) {
            double kept = remaining(nowNanos);
            double mean = sampleNanos * (1 - kept) + cost * kept;
            long at = nowNanos - atNanos > 0 ? nowNanos : atNanos;
            return new Peak(Math.max((double) sampleNanos, mean), at);
        }

        private double remaining(long nowNanos) {
            return Math.exp(-Math.max(0, nowNanos - atNanos) / TAU_NANOS);
        }
    }
}
