package io.tandemsip.examples.haproxy.demo;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.event.HaEventListener;
import io.tandemsip.examples.haproxy.SipSide;
import io.tandemsip.examples.haproxy.StartFailure;
import io.tandemsip.examples.haproxy.config.ListeningPointConfig;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.jainsip.HaProxy;
import io.tandemsip.jainsip.OptionsProbe;
import io.tandemsip.node.Transport;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** All that the demo runs: two nodes, the real proxy between real sockets, and a caller. Thread-safe. */
final class DemoRig implements AutoCloseable {
    private static final Duration SLOW_START = Duration.ofSeconds(5);
    private static final double SLOW_START_MINIMUM = 0.1;

    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "demo-timer");
        thread.setDaemon(true);
        return thread;
    });
    final Set<String> deadLives = ConcurrentHashMap.newKeySet();
    final Picks picks = new Picks(Strategies.powerOfTwoChoices(), System::nanoTime);
    final DemoNode first;
    final DemoNode second;
    final SipSide sip;
    final HaRouter router;
    final HaProxy proxy;
    final DemoCaller caller;

    DemoRig(String stackName, HaEventListener listener, Consumer<String> failures)
            throws StartFailure, SocketException {
        first = new DemoNode("fs1", timer, System::nanoTime);
        second = new DemoNode("fs2", timer, System::nanoTime);
        int port = UdpPort.free();
        sip = SipSide.open(
                stackName, List.of(new ListeningPointConfig(Transport.UDP, "127.0.0.1", port)), Optional.empty());
        router = Tandem.builder()
                .pool("media", pool -> pool.node(first.name(), first.uri()).node(second.name(), second.uri()))
                .probe(OptionsProbe.over(sip.providers().get(0)))
                .strategy(picks)
                .healthPolicy(HealthPolicy.builder()
                        .slowStart(SLOW_START, SLOW_START_MINIMUM)
                        .build())
                .failoverPolicy(FailoverPolicy.defaults().withAfterProvisional(true))
                .listener(listener)
                .build()
                .start();
        proxy = HaProxy.builder(router)
                .provider(sip.providers().get(0))
                .describe((request, call) -> call.pool("media"))
                .build()
                .start();
        caller = new DemoCaller(port, timer, System::nanoTime, deadLives::contains, failures);
    }

    /** Kills a node without a word to anybody. */
    void kill(DemoNode node) {
        deadLives.add(node.lifeName());
        node.kill();
    }

    @Override
    public void close() {
        caller.close();
        proxy.close();
        router.close();
        sip.close();
        first.close();
        second.close();
        timer.shutdownNow();
    }
}
