package io.tandemsip.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.ShadowReport;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.drain.DrainState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.Subscription;
import io.tandemsip.takeover.LossReason;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/**
 * Shows a router's counts and its nodes to Micrometer. Nodes that leave take their meters with them. The meters are read
 * when the registry is; calls pay nothing for it. Closing it removes the nodes' meters and leaves the router alone.
 * Thread-safe.
 */
public final class TandemMetrics implements MeterBinder, AutoCloseable {
    private final HaRouter router;
    private final List<NodeMeters> bound = new CopyOnWriteArrayList<>();
    private final List<PoolMeters> pools = new CopyOnWriteArrayList<>();
    private final Map<DrainState, LongAdder> drainsEnded = new EnumMap<>(DrainState.class);
    private final Map<LossReason, LongAdder> callsLost = new EnumMap<>(LossReason.class);
    private final LongAdder callsSaved = new LongAdder();
    private final Subscription subscription;

    /**
     * Metrics of one router.
     *
     * @param router whose; not closed with this
     */
    public TandemMetrics(HaRouter router) {
        this.router = Objects.requireNonNull(router, "router");
        for (DrainState state : DrainState.values()) {
            drainsEnded.put(state, new LongAdder());
        }
        for (LossReason reason : LossReason.values()) {
            callsLost.put(reason, new LongAdder());
        }
        subscription = router.listen(this::on);
    }

    private void on(HaEvent event) {
        if (event instanceof HaEvent.NodesChanged) {
            bound.forEach(NodeMeters::follow);
            pools.forEach(PoolMeters::follow);
        } else if (event instanceof HaEvent.DrainChanged drain) {
            DrainState state = drain.progress().state();
            if (state.isFinal()) {
                ended(state).increment();
            }
        } else if (event instanceof HaEvent.TakeoverChanged moved) {
            callsSaved.add(Math.max(0, moved.takeover().calls()));
            moved.takeover().lost().forEach((reason, calls) -> lost(reason).add(calls));
        }
    }

    private LongAdder lost(LossReason reason) {
        return Objects.requireNonNull(callsLost.get(reason));
    }

    private void takeovers(MeterRegistry registry) {
        FunctionCounter.builder("tandem.takeover.saved", callsSaved, LongAdder::sum)
                .description("Calls of dead nodes that their successors have")
                .register(registry);
        for (LossReason reason : LossReason.values()) {
            FunctionCounter.builder("tandem.takeover.lost", lost(reason), LongAdder::sum)
                    .description("Calls of dead nodes that nobody has")
                    .tag("reason", tag(reason))
                    .register(registry);
        }
    }

    private LongAdder ended(DrainState state) {
        return Objects.requireNonNull(drainsEnded.get(state));
    }

    private void drains(MeterRegistry registry) {
        Gauge.builder(
                        "tandem.drains.active",
                        router,
                        r -> r.drains().stream()
                                .filter(drain -> !drain.progress().state().isFinal())
                                .count())
                .description("Drains under way")
                .register(registry);
        for (DrainState state : DrainState.values()) {
            if (state.isFinal()) {
                FunctionCounter.builder("tandem.drains.ended", ended(state), LongAdder::sum)
                        .description("Drains that ended")
                        .tag("how", tag(state))
                        .register(registry);
            }
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        calls(registry);
        dialogs(registry);
        drains(registry);
        takeovers(registry);
        shadow(registry);
        NodeMeters nodes = new NodeMeters(router, registry);
        bound.add(nodes);
        nodes.follow();
        PoolMeters poolsOfOne = new PoolMeters(router, registry);
        pools.add(poolsOfOne);
        poolsOfOne.follow();
    }

    private void calls(MeterRegistry registry) {
        counter(
                registry,
                "tandem.calls.placed",
                "Calls that got a first node",
                r -> r.statistics().placed());
        counter(
                registry,
                "tandem.attempts",
                "Nodes that calls got, the first and further ones",
                r -> r.statistics().attempts());
        counter(
                registry,
                "tandem.failovers",
                "Further nodes that calls got after a failure",
                r -> r.statistics().failovers());
        for (Placement.Cause cause : Placement.Cause.values()) {
            FunctionCounter.builder(
                            "tandem.calls.refused",
                            router,
                            r -> r.statistics().refused().getOrDefault(cause, 0L))
                    .description("Calls that were refused")
                    .tag("cause", tag(cause))
                    .register(registry);
        }
        FunctionTimer.builder(
                        "tandem.decision",
                        router,
                        r -> r.statistics().timed(),
                        r -> r.statistics().timedTotal().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("How long placing takes; a sample of the calls")
                .register(registry);
    }

    private void dialogs(MeterRegistry registry) {
        for (AffinityTier tier : AffinityTier.values()) {
            FunctionCounter.builder(
                            "tandem.dialogs.located",
                            router,
                            r -> r.statistics().located().getOrDefault(tier, 0L))
                    .description("Requests within dialogs whose owner was found, by what knew it")
                    .tag("by", tag(tier))
                    .register(registry);
        }
        counter(
                registry,
                "tandem.dialogs.unlocated",
                "Requests within dialogs that were refused",
                r -> r.statistics().unlocated());
        counter(
                registry,
                "tandem.cookies.rejected",
                "Cookies that did not hold",
                r -> r.statistics().cookiesRejected());
    }

    private void shadow(MeterRegistry registry) {
        if (router.shadowReport().isEmpty()) {
            return;
        }
        shadow(registry, "tandem.shadow.decided", "Calls on which the shadow picked a node", ShadowReport::decided);
        shadow(
                registry,
                "tandem.shadow.agreed",
                "Calls on which the shadow picked the same node",
                ShadowReport::agreed);
        shadow(registry, "tandem.shadow.failed", "Calls on which the shadow failed", ShadowReport::failed);
        shadow(registry, "tandem.shadow.dropped", "Calls that the shadow was too slow for", ShadowReport::dropped);
    }

    private void shadow(MeterRegistry registry, String name, String description, ToDoubleFunction<ShadowReport> value) {
        counter(
                registry,
                name,
                description,
                r -> r.shadowReport().map(value::applyAsDouble).orElse(0.0));
    }

    private void counter(MeterRegistry registry, String name, String description, ToDoubleFunction<HaRouter> value) {
        FunctionCounter.builder(name, router, value).description(description).register(registry);
    }

    static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        subscription.close();
        bound.forEach(NodeMeters::close);
        bound.clear();
        pools.forEach(PoolMeters::close);
        pools.clear();
    }
}
