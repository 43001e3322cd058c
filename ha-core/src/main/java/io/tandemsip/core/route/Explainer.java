package io.tandemsip.core.route;

import io.tandemsip.CallRequest;
import io.tandemsip.Explanation;
import io.tandemsip.Explanation.Considered;
import io.tandemsip.Explanation.Verdict;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.core.view.PoolView;
import io.tandemsip.core.view.RoutingView;
import io.tandemsip.core.view.Tier;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Admission;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says why a call goes where it goes: on demand, at no cost to calls that nobody asks about. Thread-safe. */
final class Explainer {
    private static final int MOST_VIEWS = 64;
    private static final int MOST_STATUSES = 256_000;

    private final TrafficMatrix matrix;
    private final Deque<RoutingView> views = new ArrayDeque<>();

    Explainer(TrafficMatrix matrix) {
        this.matrix = matrix;
    }

    /** Keeps the last views, so that a decision can be explained on the view that it was taken on. */
    synchronized void remember(RoutingView view) {
        views.addLast(view);
        int most = Math.max(
                2, Math.min(MOST_VIEWS, MOST_STATUSES / Math.max(1, view.nodes().size())));
        while (views.size() > most) {
            views.removeFirst();
        }
    }

    /** Why an attempt is where it is. */
    Explanation of(Attempt attempt, RoutingView current) {
        RoutingView view = decidedOn(attempt.viewVersion(), current);
        return explain(view, attempt.call(), attempt, attempt.live());
    }

    /** What would become of a call now; no node is chosen, since that takes a pick. */
    Explanation of(CallRequest call, RoutingView view, @Nullable LiveNode wouldBe) {
        return explain(view, call, null, wouldBe);
    }

    private synchronized RoutingView decidedOn(long version, RoutingView current) {
        return views.stream()
                .filter(view -> view.version() == version)
                .findFirst()
                .orElse(current);
    }

    private Explanation explain(
            RoutingView view, CallRequest call, @Nullable Attempt attempt, @Nullable LiveNode chosen) {
        PoolView pool = view.pool(call.pool());
        List<Considered> considered = new ArrayList<>();
        for (NodeStatus status : view.nodes()) {
            considered.add(consider(status, pool, call, attempt, chosen));
        }
        return new Explanation(
                view.version(),
                decidedBy(pool, call, chosen),
                Optional.ofNullable(chosen).map(LiveNode::id),
                Optional.empty(),
                considered);
    }

    private Considered consider(
            NodeStatus status,
            @Nullable PoolView pool,
            CallRequest call,
            @Nullable Attempt attempt,
            @Nullable LiveNode chosen) {
        if (status.live() == chosen) {
            return new Considered(status.id(), Verdict.CHOSEN, loadOf(status));
        }
        if (pool == null || !status.node().pools().contains(pool.name())) {
            return new Considered(
                    status.id(),
                    Verdict.OTHER_POOL,
                    "serves " + String.join(", ", status.node().pools()));
        }
        if (attempt != null && attempt.visited(status.live())) {
            return new Considered(status.id(), Verdict.TRIED, "this call was there before");
        }
        if (attempt != null && call.trafficClass().takesPlace() && attempt.isKeptFrom(status.live())) {
            return new Considered(
                    status.id(),
                    Verdict.LOAD,
                    "kept back: "
                            + status.live()
                                    .overload()
                                    .cause(attempt.begunAtNanos())
                                    .orElse("it asked for less"));
        }
        return byAxes(status, pool, call);
    }

    private Considered byAxes(NodeStatus status, PoolView pool, CallRequest call) {
        TrafficClass traffic = call.trafficClass();
        AdminState admin = status.admin();
        if (matrix.admissionIgnoringHealth(traffic, admin, LoadState.AVAILABLE) == Admission.NO) {
            return new Considered(status.id(), Verdict.ADMIN, admin + ": " + status.adminCause());
        }
        if (matrix.admissionIgnoringHealth(traffic, admin, status.pressure()) == Admission.NO) {
            return new Considered(status.id(), Verdict.LOAD, status.pressure() + ": " + status.throttleCause());
        }
        Admission admission = status.admission(traffic, matrix, pool.isPanicking());
        if (admission == Admission.NO) {
            return new Considered(status.id(), Verdict.HEALTH, status.health() + ": " + status.healthCause());
        }
        if (traffic.takesPlace()
                && !status.live()
                        .places()
                        .hasRoom(call.resources(), Long.MAX_VALUE / 2, traffic == TrafficClass.PRIORITY)) {
            return new Considered(status.id(), Verdict.LOAD, "FULL: " + loadOf(status));
        }
        return admission == Admission.YES
                ? new Considered(status.id(), Verdict.ELIGIBLE, loadOf(status))
                : new Considered(
                        status.id(),
                        Verdict.HELD_BACK,
                        "last resort, " + status.health() + ": " + status.healthCause());
    }

    private static String loadOf(NodeStatus status) {
        return status.live().calls() + " calls, weight " + status.live().weight();
    }

    private static String decidedBy(@Nullable PoolView pool, CallRequest call, @Nullable LiveNode chosen) {
        if (pool == null) {
            return "no such pool";
        }
        for (Tier tier : pool.tiers(call.trafficClass())) {
            for (LiveNode node : tier.nodes()) {
                if (chosen == null || node == chosen) {
                    return RoutingPath.decidedBy(tier, node, call) + (pool.isPanicking() ? ", in panic" : "");
                }
            }
        }
        return chosen == null ? "no eligible node" : "an earlier view";
    }
}
