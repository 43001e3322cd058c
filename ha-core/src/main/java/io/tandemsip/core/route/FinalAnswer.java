package io.tandemsip.core.route;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.Failure;
import io.tandemsip.Placement.Cause;
import io.tandemsip.Placement.Refused;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a caller is told when no other node is tried. Pure. */
final class FinalAnswer {
    private FinalAnswer() {}

    /** The node's own answer if it is final for the call; null if another node may be tried. */
    static @Nullable Refused to(Failure failure, FailoverPolicy policy) {
        if (failure instanceof Failure.Response response
                && !policy.statusCodes().contains(response.statusCode())) {
            int status = response.statusCode();
            return new Refused(status, Duration.ZERO, Cause.FINAL_RESPONSE, "the node answered " + status);
        }
        return null;
    }

    /** The caller heard it ring, so it does not begin anew: no 503, which would shun the whole service upstream. */
    static Refused afterProvisional(Failure failure) {
        return new Refused(status(failure), Duration.ZERO, Cause.AFTER_PROVISIONAL, "failed after it rang: " + failure);
    }

    /** A node's own call is tried nowhere else. */
    static Refused toOriginator(Failure failure) {
        int status = failure instanceof Failure.Response response ? response.statusCode() : status(failure);
        return new Refused(status, Duration.ZERO, Cause.FINAL_RESPONSE, "the node's own call failed: " + failure);
    }

    /** No attempt begins this late. */
    static Refused outOfTime(Failure failure) {
        return new Refused(
                status(failure), Duration.ZERO, Cause.OUT_OF_TIME, "no time is left for another node: " + failure);
    }

    private static int status(Failure failure) {
        if (failure instanceof Failure.Timeout || failure instanceof Failure.NodeLost) {
            return 408;
        }
        return failure instanceof Failure.Response response && response.statusCode() != 503
                ? response.statusCode()
                : 500;
    }
}
