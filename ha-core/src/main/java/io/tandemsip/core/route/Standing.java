package io.tandemsip.core.route;

import io.tandemsip.core.health.FlapState;
import io.tandemsip.core.health.OutlierState;
import io.tandemsip.node.HealthState;

/**
 * What all evidence together says of a node's health. An operator's word outranks everything for its time; then what
 * probes and silence say; and a node that is healthy by these, but held back, ejected, or bad by the quorum of routers, is suspect: it gets new calls
 * only when nobody else is left, and keeps all that it has. Immutable.
 *
 * @param verdict what probes and silence say
 * @param verdictCause why
 * @param ejection whether calls fail on it
 * @param ejectionCause why
 * @param hold whether it came and went
 * @param holdCause why
 * @param quorumCause why the other routers hold it for bad; empty if they don't
 * @param override what an operator says; {@code verdict} again if nobody says anything
 * @param overrideCause why; empty if nobody says anything
 */
record Standing(
        HealthState verdict,
        String verdictCause,
        OutlierState ejection,
        String ejectionCause,
        FlapState hold,
        String holdCause,
        String quorumCause,
        HealthState override,
        String overrideCause) {
    static final Standing UNKNOWN = new Standing(
            HealthState.UNKNOWN,
            "no evidence yet",
            OutlierState.IN,
            "",
            FlapState.FREE,
            "",
            "",
            HealthState.UNKNOWN,
            "");

    Standing withVerdict(HealthState state, String cause) {
        return new Standing(
                state, cause, ejection, ejectionCause, hold, holdCause, quorumCause, override, overrideCause);
    }

    Standing withEjection(OutlierState state, String cause) {
        return new Standing(verdict, verdictCause, state, cause, hold, holdCause, quorumCause, override, overrideCause);
    }

    Standing withHold(FlapState state, String cause) {
        return new Standing(
                verdict, verdictCause, ejection, ejectionCause, state, cause, quorumCause, override, overrideCause);
    }

    /** An empty cause takes the override back. */
    Standing withOverride(HealthState state, String cause) {
        return new Standing(verdict, verdictCause, ejection, ejectionCause, hold, holdCause, quorumCause, state, cause);
    }

    /** An empty cause means that the others do not hold it for bad. */
    Standing withQuorum(String cause) {
        return new Standing(
                verdict, verdictCause, ejection, ejectionCause, hold, holdCause, cause, override, overrideCause);
    }

    HealthState health() {
        if (isByHand()) {
            return override;
        }
        return isTrusted() && (isHeld() || isOut() || isDoubted()) ? HealthState.SUSPECT : verdict;
    }

    String cause() {
        if (isByHand()) {
            return overrideCause;
        }
        if (isTrusted() && isHeld()) {
            return holdCause;
        }
        if (isTrusted() && isOut()) {
            return ejectionCause;
        }
        return isTrusted() && isDoubted() ? quorumCause : verdictCause;
    }

    /** Nothing but the ejection keeps it out, and one call may try it. */
    boolean isTrial() {
        return !isByHand() && isTrusted() && !isHeld() && !isDoubted() && ejection == OutlierState.TRIAL;
    }

    /** An operator's word is in force. */
    boolean isByHand() {
        return !overrideCause.isEmpty();
    }

    boolean isTrusted() {
        return verdict == HealthState.HEALTHY || verdict == HealthState.UNKNOWN;
    }

    boolean isDoubted() {
        return !quorumCause.isEmpty();
    }

    private boolean isHeld() {
        return hold == FlapState.HELD;
    }

    private boolean isOut() {
        return ejection != OutlierState.IN;
    }
}
