package io.tandemsip.core.route;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Decision;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.Explanation;
import io.tandemsip.HaRouter;
import io.tandemsip.OverloadAdvice;
import io.tandemsip.Placement;
import io.tandemsip.RouterStatistics;
import io.tandemsip.ShadowReport;
import io.tandemsip.StoreStatus;
import io.tandemsip.core.capacity.HeadroomMonitor;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.core.view.PoolView;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainRequest;
import io.tandemsip.drain.RollingDrainRequest;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.HaEventListener;
import io.tandemsip.event.Subscription;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.ClusterView;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.takeover.Takeover;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The facade over the routing path, affinity and control. Thread-safe. */
public final class Router implements HaRouter {
    private static final CompletionStage<Void> NOTHING_TO_DO = CompletableFuture.completedStage(null);

    private final Assembly parts;
    private final AtomicReference<Life> life = new AtomicReference<>(Life.NEW);

    /**
     * A router that does nothing yet.
     *
     * @param settings what it is made of
     */
    public Router(Settings settings) {
        parts = new Assembly(settings);
    }

    @Override
    public HaRouter start() {
        if (!life.compareAndSet(Life.NEW, Life.RUNNING)) {
            throw new IllegalStateException("router: " + life.get() + "; expected one that was not started yet");
        }
        parts.start();
        return this;
    }

    @Override
    public Placement place(CallRequest call) {
        return parts.path().place(call);
    }

    @Override
    public Optional<CallAttempt> originated(NodeId node, CallRequest call) {
        return parts.path().originated(node, call);
    }

    @Override
    public CompletionStage<DialogRoute> locate(DialogRequest request) {
        CompletionStage<DialogRoute> route = parts.resolver().resolve(request);
        return route.thenApply(found -> {
            parts.path().counters().routed(found);
            passed(request, found);
            return found;
        });
    }

    /** The call lives; or it is over, if its caller said goodbye to a node that is down. */
    private void passed(DialogRequest request, DialogRoute route) {
        LiveCall call = parts.path().calls().owner(request.dialog());
        if (route instanceof DialogRoute.Forward forward) {
            if (call != null) {
                call.livesUntil(parts.nowNanos() + parts.times().confirmedNanos(request.sessionInterval()));
            } else {
                parts.adoption().consider(request, forward);
            }
        } else if (call != null
                && route instanceof DialogRoute.OwnerDown
                && request.method().equals("BYE")) {
            call.dialogEnded(request.dialog(), DialogEnd.UNKNOWN_TO_OWNER);
        }
    }

    @Override
    public CompletionStage<Void> ended(DialogId dialog, DialogEnd how) {
        LiveCall call = parts.path().calls().owner(dialog);
        CompletionStage<Void> written = NOTHING_TO_DO;
        if (call != null) {
            written = call.dialogEnded(dialog, how);
        } else if (!dialog.isEarly()) {
            written = parts.bindings().end(dialog, how);
        }
        // one that was taken up while it ended, by a request that did not see the end yet
        if (parts.path().calls().owner(dialog) instanceof AdoptedCall late) {
            late.dialogEnded(dialog, how);
        }
        return parts.mayCountElsewhere() ? written : NOTHING_TO_DO;
    }

    @Override
    public void refreshed(DialogId dialog, Duration sessionInterval) {
        LiveCall call = parts.path().calls().owner(dialog);
        if (call != null) {
            call.livesUntil(parts.nowNanos() + parts.times().confirmedNanos(sessionInterval));
        }
        parts.bindings().refreshed(dialog, sessionInterval);
    }

    @Override
    public List<byte[]> derivedKeys(String purpose) {
        return parts.derivedKeys(purpose);
    }

    @Override
    public void report(NodeId node, TrafficOutcome outcome) {
        parts.evidence().report(node, outcome);
    }

    @Override
    public ClusterView view() {
        return parts.path().view().snapshot(parts.nowNanos());
    }

    @Override
    public Explanation explain(CallRequest call) {
        return parts.path().explain(call);
    }

    @Override
    public CompletionStage<Explanation> explain(DialogRequest request) {
        long version = parts.path().view().version();
        return parts.resolver().resolve(request).thenApply(route -> explanation(route, version));
    }

    private static Explanation explanation(DialogRoute route, long version) {
        return route.fold(
                forward -> new Explanation(
                        version,
                        "affinity: " + forward.tier(),
                        Optional.of(forward.node().id()),
                        Optional.of(forward.tier()),
                        List.of(new Explanation.Considered(
                                forward.node().id(), Explanation.Verdict.CHOSEN, "owns the dialog"))),
                refused -> new Explanation(
                        version, refused.reason(), Optional.empty(), Optional.<AffinityTier>empty(), List.of()));
    }

    @Override
    public List<Decision> decisions() {
        return parts.path()
                .watch()
                .ring()
                .list(parts.nowNanos(), parts.events().clock().instant());
    }

    @Override
    public Optional<Explanation> explainDecision(String callId) {
        Attempt attempt = parts.path().watch().ring().latest(callId);
        return Optional.ofNullable(attempt).map(Attempt::explanation);
    }

    @Override
    public RouterStatistics statistics() {
        return parts.path().counters().read();
    }

    @Override
    public OverloadAdvice overloadAdvice() {
        return parts.upstream().advice();
    }

    @Override
    public StoreStatus storeStatus() {
        return parts.storeStatus();
    }

    @Override
    public Optional<ShadowReport> shadowReport() {
        Shadow shadow = parts.path().watch().shadow();
        return Optional.ofNullable(shadow).map(Shadow::report);
    }

    @Override
    public DrainRequest drain(String node) {
        return parts.drains().request(known(node));
    }

    @Override
    public RollingDrainRequest rollingDrain(String pool) {
        return parts.rollingDrains().request(knownPool(pool).name());
    }

    @Override
    public Headroom headroom(String pool) {
        PoolView known = knownPool(pool);
        return HeadroomMonitor.afterWorstLoss(known.name(), known.loads(), 0);
    }

    private PoolView knownPool(String pool) {
        PoolView known = parts.path().view().pool(pool);
        if (known == null) {
            throw new IllegalArgumentException("pool: \"" + pool + "\"; expected one that has nodes");
        }
        return known;
    }

    @Override
    public List<Drain> drains() {
        return parts.drains().drains();
    }

    @Override
    public List<Takeover> takeovers() {
        return parts.taken();
    }

    @Override
    public CompletionStage<NodeSnapshot> takeOut(String node, String reason) {
        NodeId id = known(node);
        return parts.onLoop(() -> {
                    parts.drains().cancel(id, reason);
                    return parts.control().administer(id, AdminState.OUT_OF_SERVICE, reason);
                })
                .thenCompose(Function.identity());
    }

    @Override
    public CompletionStage<NodeSnapshot> returnToService(String node, String reason) {
        NodeId id = known(node);
        return parts.onLoop(() -> {
                    parts.drains().cancel(id, reason);
                    return parts.control().administer(id, AdminState.IN_SERVICE, reason);
                })
                .thenCompose(Function.identity());
    }

    @Override
    public CompletionStage<NodeSnapshot> overrideHealth(String node, HealthState health, Duration time, String reason) {
        NodeId id = known(node);
        if (health == HealthState.UNKNOWN) {
            throw new IllegalArgumentException("health: " + health + "; expected HEALTHY, SUSPECT or DOWN");
        }
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("time: " + time + "; expected more than zero");
        }
        return parts.onLoop(() -> {
            parts.group(group -> group.overridden(id, health, time, reason));
            return parts.control().override(id, health, time, reason);
        });
    }

    @Override
    public CompletionStage<NodeSnapshot> clearOverride(String node) {
        NodeId id = known(node);
        return parts.onLoop(() -> {
            parts.group(group -> group.overrideCleared(id));
            return parts.control().clearOverride(id);
        });
    }

    private NodeId known(String node) {
        List<NodeStatus> nodes = parts.path().view().nodes();
        for (NodeStatus status : nodes) {
            if (status.id().value().equals(node)) {
                return status.id();
            }
        }
        throw new IllegalArgumentException("node: \"" + node + "\"; expected one of "
                + nodes.stream().map(status -> status.id().value()).collect(Collectors.joining(", ")));
    }

    @Override
    public Subscription listen(HaEventListener listener) {
        return parts.events().listen(listener);
    }

    @Override
    public List<HaEvent> recentEvents() {
        return parts.events().recent();
    }

    @Override
    public void close() {
        if (life.getAndSet(Life.CLOSED) == Life.RUNNING) {
            parts.close();
        } else {
            parts.release();
        }
    }

    int liveCalls() {
        return parts.path().calls().size();
    }

    int liveCallIds() {
        return parts.path().calls().callIds();
    }

    int rememberedTransactions() {
        return parts.path().transactions().size();
    }

    private enum Life {
        NEW,
        RUNNING,
        CLOSED
    }
}
