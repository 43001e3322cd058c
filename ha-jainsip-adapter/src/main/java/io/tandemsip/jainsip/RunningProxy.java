package io.tandemsip.jainsip;

import io.tandemsip.event.HaEvent;
import io.tandemsip.event.Subscription;
import io.tandemsip.takeover.TakeoverState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TooManyListenersException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sip.SipProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a proxy between its start and its end, and what they do from time to time. Thread-safe. */
final class RunningProxy {
    private static final Logger LOG = LoggerFactory.getLogger(RunningProxy.class);
    private static final long SWEEP_MILLIS = 500;
    private static final long NAMES_MILLIS = 5_000;
    private static final long MEASURE_MILLIS = 100;

    private final List<SipProvider> providers;
    private final ProxyCore core;
    private final ProxyListener listener;
    private final PeerForwarding peers;
    private final ConnectedTransactions connected;
    private final List<QueueProbe> probes;
    private final Optional<LightTransactions> light;
    private final TimerWheel wheel;
    private final Names names;
    private final Subscription moves;
    private final ScheduledExecutorService timer = daemon("tandem-proxy-timer");

    RunningProxy(
            List<SipProvider> providers,
            ProxyCore core,
            ProxyListener listener,
            PeerForwarding peers,
            ConnectedTransactions connected,
            List<QueueProbe> probes,
            Optional<LightTransactions> light,
            TimerWheel wheel,
            Names names) {
        this.providers = providers;
        this.core = core;
        this.listener = listener;
        this.peers = peers;
        this.connected = connected;
        this.probes = probes;
        this.light = light;
        this.wheel = wheel;
        this.names = names;
        moves = core.router().listen(this::moved);
    }

    ProxyCore core() {
        return core;
    }

    ProxyListener listener() {
        return listener;
    }

    Optional<LightTransactions> light() {
        return light;
    }

    void start() {
        listen();
        connected.start(listener);
        light.ifPresent(each -> each.start(listener));
        every(SWEEP_MILLIS, "deadlines could not be checked", this::sweep);
        every(
                NAMES_MILLIS,
                "the names of nodes could not be looked up",
                core.border().nodes()::resolve);
        if (!probes.isEmpty()) {
            every(MEASURE_MILLIS, "the proxy's own delay could not be measured", this::measure);
        }
        Future<?> unusedTurns = timer.scheduleAtFixedRate(
                wheel::turn, TimerWheel.TICK_MILLIS, TimerWheel.TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void listen() {
        List<SipProvider> done = new ArrayList<>();
        try {
            for (SipProvider provider : providers) {
                provider.addSipListener(listener);
                done.add(provider);
            }
        } catch (TooManyListenersException taken) {
            done.forEach(provider -> provider.removeSipListener(listener));
            throw new IllegalStateException("the provider has another listener; expected none", taken);
        }
    }

    /** At once, and again and again; what goes wrong once does not end it. */
    private void every(long millis, String complaint, Runnable task) {
        Future<?> unused = timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (Throwable broken) { // an Error would end it for good
                        LOG.warn(complaint, broken);
                    }
                },
                0,
                millis,
                TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        long nowNanos = core.nanoTime().getAsLong();
        core.contexts().sweep(nowNanos);
        core.givenUp().sweep(nowNanos);
        core.upstream().sweep(nowNanos);
        core.border().sweep(nowNanos);
        peers.sweep(nowNanos);
    }

    private void measure() {
        long waited = 0;
        for (QueueProbe probe : probes) {
            waited = Math.max(waited, probe.measure());
        }
        core.load().measured(waited, core.nanoTime().getAsLong());
    }

    /** What waits for an answer of a node that died is for who took over from it. */
    private void moved(HaEvent event) {
        if (event instanceof HaEvent.TakeoverChanged changed
                && changed.takeover().state() == TakeoverState.RECOVERED) {
            core.contexts().moved(changed.takeover().dead());
        }
    }

    /** Idempotent. */
    void close() {
        moves.close();
        light.ifPresent(LightTransactions::stop);
        connected.stop();
        probes.forEach(QueueProbe::close);
        providers.forEach(provider -> provider.removeSipListener(listener));
        timer.shutdownNow();
        names.close();
    }

    private static ScheduledExecutorService daemon(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }
}
