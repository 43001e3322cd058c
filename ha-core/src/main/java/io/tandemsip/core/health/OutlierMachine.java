package io.tandemsip.core.health;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.OutlierPolicy;
import java.util.List;

/**
 * Ejects a node on which calls fail although it answers its probes. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>A window opens with its first failure. An ejection lasts n times the base, where n grows by one with each ejection
 * and falls by one for each base time that passed well. After it one call tries the node: if that comes out well the node
 * is back, else it is ejected for longer. A trial of which nothing is heard is followed by another one, so that no node
 * stays out for want of an outcome. Probes never undo an ejection: they pass while calls fail.
 */
public final class OutlierMachine {
    private static final long TRIAL_NANOS = 5_000_000_000L;

    private final OutlierPolicy policy;
    private final long windowNanos;
    private final long baseNanos;
    private final long maxNanos;

    /**
     * A machine that judges by these numbers.
     *
     * @param policy the numbers
     */
    public OutlierMachine(OutlierPolicy policy) {
        this.policy = policy;
        windowNanos = Nanos.of(policy.window());
        baseNanos = Nanos.of(policy.baseEjection());
        maxNanos = Nanos.of(policy.maxEjection());
    }

    /**
     * What an event leads to.
     *
     * @param status the status so far
     * @param event what happened
     * @return the status from now on, and what is to be done
     */
    public OutlierStep on(OutlierStatus status, OutlierEvent event) {
        if (event instanceof OutlierEvent.Failed failed) {
            return status.state() == OutlierState.IN ? failed(status, failed) : unchanged(status);
        }
        if (event instanceof OutlierEvent.TrialEnded ended) {
            return status.state() == OutlierState.TRIAL ? trialEnded(status, ended) : unchanged(status);
        }
        return timerDue(status, event.nowNanos());
    }

    private OutlierStep failed(OutlierStatus status, OutlierEvent.Failed event) {
        OutlierStatus now = inWindow(status, event);
        String cause = cause(now, event.tally());
        if (cause.isEmpty() || !event.mayEject()) {
            return unchanged(now);
        }
        long well = Math.max(0, event.nowNanos() - status.sinceNanos()) / baseNanos;
        return eject(status, (int) Math.max(0, status.ejections() - well), event.nowNanos(), cause);
    }

    /** A failure after the window is over opens another one, and is the first in it. */
    private OutlierStatus inWindow(OutlierStatus status, OutlierEvent.Failed event) {
        if (event.nowNanos() - status.windowNanos() <= windowNanos) {
            return status;
        }
        Tally tally = event.tally();
        Tally before = new Tally(
                tally.succeeded(),
                tally.local() - (event.local() ? 1 : 0),
                tally.remote() - (event.local() ? 0 : 1),
                0,
                0);
        return new OutlierStatus(
                status.state(), status.cause(), status.sinceNanos(), status.ejections(), event.nowNanos(), before);
    }

    private String cause(OutlierStatus status, Tally tally) {
        if (policy.consecutiveLocal() > 0 && tally.localInARow() >= policy.consecutiveLocal()) {
            return tally.localInARow() + " calls in a row without an answer";
        }
        if (policy.consecutiveRemote() > 0 && tally.remoteInARow() >= policy.consecutiveRemote()) {
            return tally.remoteInARow() + " calls in a row answered with an error";
        }
        long outcomes = tally.total() - status.window().total();
        long failures = tally.failed() - status.window().failed();
        boolean enough = policy.minimumOutcomes() > 0 && outcomes >= policy.minimumOutcomes();
        return enough && failures >= policy.failureShare() * outcomes
                ? failures + " of the last " + outcomes + " calls failed"
                : "";
    }

    private OutlierStep eject(OutlierStatus status, int before, long nowNanos, String why) {
        int ejections = before + 1;
        long length = ejections > maxNanos / baseNanos ? maxNanos : ejections * baseNanos;
        String cause = "no new calls for " + Nanos.text(length) + ": " + why;
        return new OutlierStep(
                new OutlierStatus(OutlierState.EJECTED, cause, nowNanos, ejections, nowNanos, Tally.NONE),
                List.of(
                        new OutlierEffect.Arm(length, true),
                        new OutlierEffect.Changed(status.state(), OutlierState.EJECTED, cause)));
    }

    private OutlierStep timerDue(OutlierStatus status, long nowNanos) {
        if (status.state() == OutlierState.IN) {
            return unchanged(status);
        }
        List<OutlierEffect> open = List.of(new OutlierEffect.OpenTrial(), new OutlierEffect.Arm(TRIAL_NANOS, false));
        if (status.state() == OutlierState.TRIAL) {
            return new OutlierStep(status, open);
        }
        String cause = "the ejection is over; one call tries it";
        return new OutlierStep(
                new OutlierStatus(OutlierState.TRIAL, cause, nowNanos, status.ejections(), nowNanos, status.window()),
                List.of(
                        new OutlierEffect.Changed(OutlierState.EJECTED, OutlierState.TRIAL, cause),
                        open.get(0),
                        open.get(1)));
    }

    private OutlierStep trialEnded(OutlierStatus status, OutlierEvent.TrialEnded event) {
        if (!event.succeeded()) {
            return eject(status, status.ejections(), event.nowNanos(), "the call that tried it failed");
        }
        String cause = "the call that tried it came out well";
        return new OutlierStep(
                new OutlierStatus(
                        OutlierState.IN,
                        cause,
                        event.nowNanos(),
                        status.ejections(),
                        event.nowNanos() - 2 * windowNanos,
                        Tally.NONE),
                List.of(new OutlierEffect.Changed(OutlierState.TRIAL, OutlierState.IN, cause)));
    }

    private static OutlierStep unchanged(OutlierStatus status) {
        return new OutlierStep(status, List.of());
    }
}
