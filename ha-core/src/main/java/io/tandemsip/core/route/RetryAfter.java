package io.tandemsip.core.route;

import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.core.view.PoolView;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** When a caller may try again: not before the first moment at which a node may be back. Pure. */
final class RetryAfter {
    private static final long LEAST_SECONDS = 1;
    private static final long WITHOUT_HOPE_SECONDS = 30;

    private RetryAfter() {}

    /** In whole seconds, as the header has it. */
    static Duration of(PoolView pool, HealthPolicy policy, long nowNanos) {
        long soonest = pool.nodes().stream()
                .filter(status -> status.admin() == AdminState.IN_SERVICE)
                .mapToLong(status -> untilBack(status, policy, nowNanos))
                .min()
                .orElse(TimeUnit.SECONDS.toNanos(WITHOUT_HOPE_SECONDS));
        long seconds = (soonest + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
        return Duration.ofSeconds(Math.max(LEAST_SECONDS, seconds));
    }

    private static long untilBack(NodeStatus status, HealthPolicy policy, long nowNanos) {
        long probes =
                status.health() == HealthState.DOWN ? policy.downInterval().toNanos() * policy.riseThreshold() : 0;
        long throttle = status.throttled() ? Math.max(0, status.throttledUntilNanos() - nowNanos) : 0;
        long asked = status.live().overload().isClosed(nowNanos)
                ? status.live().overload().untilNanos() - nowNanos
                : 0;
        return Math.max(
                Math.max(probes, Math.max(throttle, asked)),
                status.live().places().untilRate(nowNanos));
    }
}
