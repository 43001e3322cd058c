package io.tandemsip.examples.haproxy;

import io.tandemsip.HaRouter;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.freeswitch.FreeSwitchDrains;
import io.tandemsip.core.freeswitch.FreeSwitchLimits;
import io.tandemsip.core.freeswitch.FreeSwitchProbe;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.store.InMemoryLocationStore;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.examples.haproxy.http.OperatorEndpoint;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.jainsip.HaProxy;
import io.tandemsip.jainsip.OptionsProbe;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.NodeSource;
import java.io.IOException;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** A running proxy: the SIP side, the router and the endpoint for operators. Thread-safe. */
public final class ProxyProgram implements AutoCloseable {
    /** JAIN-SIP hands out the same stack, with what it was first made with, for the same name. */
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final SipSide sip;
    private final HaRouter router;
    private final HaProxy proxy;
    private final OperatorEndpoint endpoint;
    private final Optional<SharedStores> stores;
    private final Optional<FreeSwitchDrains> drains;
    private final Optional<CallRecovery> recovery;

    private ProxyProgram(
            SipSide sip,
            HaRouter router,
            HaProxy proxy,
            OperatorEndpoint endpoint,
            Optional<SharedStores> stores,
            Optional<FreeSwitchDrains> drains,
            Optional<CallRecovery> recovery) {
        this.sip = sip;
        this.drains = drains;
        this.recovery = recovery;
        this.stores = stores;
        this.router = router;
        this.proxy = proxy;
        this.endpoint = endpoint;
    }

    /**
     * Starts all of it, or nothing.
     *
     * @param config what the file says
     * @param nodes hands out the nodes; closed with the program
     * @throws StartFailure if a port is taken, or the store refuses us
     */
    public static ProxyProgram start(ProxyConfig config, NodeSource nodes) throws StartFailure {
        AtomicReference<Supplier<Collection<Node>>> known = new AtomicReference<>(config::nodes);
        Optional<SharedStores> stores = SharedStores.open(
                config.store(), () -> Objects.requireNonNull(known.get()).get());
        SipSide sip;
        try {
            sip = SipSide.open("ha-proxy-" + STARTED.incrementAndGet(), config.listen(), config.tls());
        } catch (StartFailure taken) {
            stores.ifPresent(SharedStores::close);
            throw taken;
        }
        HealthProbe probe = probe(config, sip);
        Optional<CallRecovery> recovery = CallRecovery.open(config);
        HaRouter router = router(config, limited(config, nodes, probe), probe, stores, recovery);
        known.set(() -> router.view().nodes().stream().map(NodeSnapshot::node).toList());
        try {
            OperatorEndpoint endpoint = OperatorEndpoint.start(config.http(), router, config.defaultPool());
            router.start();
            HaProxy.Builder proxy = HaProxy.builder(router)
                    .advertisedHost(config.advertisedHost())
                    .edge(config.edge())
                    .topology(config.topology())
                    .registrations(config.registrations()
                            .over(stores.map(SharedStores::locations)
                                    .orElseGet(() -> InMemoryLocationStore.create(Ticker.system()))))
                    .describe((request, call) -> call.pool(config.defaultPool()));
            config.shedAfter().ifPresent(proxy::shedAfter);
            config.datagramsUpTo().ifPresent(proxy::datagramsUpTo);
            sip.providers().forEach(proxy::provider);
            ProxyProgram program = new ProxyProgram(
                    sip, router, proxy.build().start(), endpoint, stores, drains(config, router, probe), recovery);
            Preconditions.look(config, recovery);
            return program;
        } catch (IOException taken) {
            router.close();
            recovery.ifPresent(CallRecovery::close);
            stores.ifPresent(SharedStores::close);
            sip.close();
            throw new StartFailure(
                    "http: " + config.http().host() + ':' + config.http().port() + ": " + taken.getMessage(), taken);
        }
    }

    private static HaRouter router(
            ProxyConfig config,
            NodeSource nodes,
            HealthProbe probe,
            Optional<SharedStores> stores,
            Optional<CallRecovery> recovery) {
        RouterBuilder builder = Tandem.builder()
                .nodes(nodes)
                .probe(probe)
                .healthPolicy(config.health())
                .failoverPolicy(config.failover())
                .spillOver(config.spillOver());
        config.strategy().ifPresent(builder::strategy);
        config.poolStrategies().forEach(builder::strategy);
        config.keys().ifPresent(builder::affinityKeys);
        stores.ifPresent(each -> each.useIn(builder));
        recovery.ifPresent(each -> each.useIn(builder));
        return builder.build();
    }

    private static HealthProbe probe(ProxyConfig config, SipSide sip) {
        OptionsProbe options = OptionsProbe.over(sip.providers().get(0));
        return config.eventSockets().isEmpty() ? options : FreeSwitchProbe.over(options, config.eventSockets()::of);
    }

    private static NodeSource limited(ProxyConfig config, NodeSource nodes, HealthProbe probe) {
        return probe instanceof FreeSwitchProbe freeSwitch
                        && !config.eventSockets().learning().isEmpty()
                ? FreeSwitchLimits.of(nodes, freeSwitch, config.eventSockets()::learns)
                : nodes;
    }

    private static Optional<FreeSwitchDrains> drains(ProxyConfig config, HaRouter router, HealthProbe probe) {
        return probe instanceof FreeSwitchProbe freeSwitch
                        && !config.eventSockets().pausing().isEmpty()
                ? Optional.of(FreeSwitchDrains.start(router, freeSwitch, config.eventSockets()::pauses))
                : Optional.empty();
    }

    /** The port of the endpoint for operators. */
    public int httpPort() {
        return endpoint.port();
    }

    @Override
    public void close() {
        endpoint.close();
        proxy.close();
        drains.ifPresent(FreeSwitchDrains::close);
        router.close();
        recovery.ifPresent(CallRecovery::close);
        stores.ifPresent(SharedStores::close);
        sip.close();
    }
}
