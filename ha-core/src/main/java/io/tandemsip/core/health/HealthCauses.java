package io.tandemsip.core.health;

import io.tandemsip.core.health.HealthStatus.Burst;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.ProbeResult;

/** The sentences by which operators learn why. Immutable: only functions. */
final class HealthCauses {
    private HealthCauses() {}

    /** Completes the sentence "a probe …". */
    static String of(ProbeResult failure, long timeoutNanos) {
        if (failure instanceof ProbeResult.NotReady notReady) {
            return "was answered with not ready (" + notReady.detail() + ")";
        }
        if (failure instanceof ProbeResult.Refused refused) {
            return "was refused (" + refused.detail() + ")";
        }
        if (failure instanceof ProbeResult.WrongIdentity wrong) {
            return "was answered by " + wrong.found() + " instead of " + wrong.expected();
        }
        return "was unanswered within " + Nanos.text(timeoutNanos);
    }

    /** Completes the sentence "without being asked, …". */
    static String ofNews(ProbeResult bad) {
        if (bad instanceof ProbeResult.Refused refused) {
            return refused.detail();
        }
        if (bad instanceof ProbeResult.NotReady notReady) {
            return notReady.detail();
        }
        return bad instanceof ProbeResult.WrongIdentity wrong
                ? "it says that it is " + wrong.found() + " instead of " + wrong.expected()
                : "it looks bad";
    }

    /** Why a node is suspect. */
    static String ofFailed(Burst burst) {
        String share = burst.failed() + " of " + burst.sent() + " probes ";
        if (burst.silent() == burst.failed()) {
            return share + "unanswered within " + Nanos.text(burst.timeoutNanos()) + " after " + burst.reason();
        }
        return share + "failed, of which the last " + burst.last() + ", after " + burst.reason();
    }

    /** Why a burst led to no verdict. */
    static String ofBlank(Burst burst) {
        return "no verdict after " + burst.reason() + ": " + burst.blank() + " of " + burst.sent()
                + " probes told nothing";
    }
}
