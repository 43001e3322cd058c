package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.probe.TcpConnectProbe;
import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.core.store.InMemorySharedState;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.jainsip.ScriptedPhone.Call;
import io.tandemsip.node.HealthState;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** T1, T2 where the nodes are reached by TCP and callers by UDP. */
@Timeout(120)
@SuppressWarnings("try") // nodes serve by being there
class HaProxyTcpTakeoverIT {
    private final CountDownLatch told = new CountDownLatch(1);
    private final CompletableFuture<Recovery> recovery = new CompletableFuture<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private CompletableFuture<Recovery> recover(TakeoverAction.Order order) {
        told.countDown();
        return recovery;
    }

    private HaRouter router(ScriptedTcpFreeSwitch... nodes) {
        return Tandem.builder()
                .pool("media", pool -> {
                    for (ScriptedTcpFreeSwitch node : nodes) {
                        pool.node(node.name, "sip:" + node.hostAndPort() + ";transport=tcp");
                    }
                })
                .probe(TcpConnectProbe.create())
                .strategy(SelectionStrategy.of((call, free) -> free.stream()
                        .filter(node -> node.id().value().equals("fs1"))
                        .findFirst()
                        .or(() -> free.stream().findFirst())))
                .healthPolicy(
                        HealthPolicy.builder().observers(1).panicThreshold(1).build())
                .dialogs(InMemoryDialogStore.create(Ticker.system()))
                .shared(InMemorySharedState.create(Ticker.system(), threads))
                .takeover(
                        TakeoverPolicy.on()
                                .withDownFor(Duration.ofMillis(200))
                                .withRecoveryTimeout(Duration.ofSeconds(15)),
                        this::recover)
                .build()
                .start();
    }

    /**
     * Fails when a Via of the proxy's own address counts as a loop, or the node is looked for at it or at the connection's port; when
     * the answer does not come by the connection; when the fenced node is let through.
     */
    @Test
    void aCallByTcp_outlivesItsNode() throws Exception {
        int port = ScriptedTcpFreeSwitch.freePort("127.0.1.11");
        try (SipHost host = new SipHost().withTcp();
                ScriptedTcpFreeSwitch dead = new ScriptedTcpFreeSwitch("fs1", "127.0.1.11", port, host.port);
                ScriptedTcpFreeSwitch successor = new ScriptedTcpFreeSwitch("fs2", "127.0.1.12", port, host.port);
                HaRouter router = router(dead, successor);
                HaProxy proxy = new HaProxy(host.provider, router).start();
                ScriptedPhone phone = new ScriptedPhone(host.port)) {
            while (router.view().nodes().stream().anyMatch(node -> node.health() != HealthState.HEALTHY)) {
                Thread.onSpinWait();
            }
            Call call = phone.call();
            WireMessage invite = dead.requests.stream()
                    .filter(each -> each.method().equals("INVITE"))
                    .findFirst()
                    .orElseThrow();
            dead.kill();
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();

            try (ScriptedTcpFreeSwitch.Session session = successor.new Session()) {
                WireMessage ok = session.ask("INVITE", invite, "fs1", 123_158_435);
                assertThat(ok.status()).as(ok.text()).isEqualTo(200);
                session.acknowledge(invite, "fs1", 123_158_435);
                recovery.complete(Recovery.of(1));
                while (call.acks.get() == 0) {
                    Thread.onSpinWait();
                }
                assertThat(call.target).contains("127.0.1.12");

                dead.wake();
                try (ScriptedTcpFreeSwitch.Session zombie = dead.new Session()) {
                    assertThat(zombie.ask("BYE", invite, "fs1", 123_158_499).status())
                            .isEqualTo(481);
                }
                dead.requests.clear();
                WireMessage again = phone.ask(call, "INFO", call.target).get(10, TimeUnit.SECONDS);
                assertThat(again.header("User-Agent")).isEqualTo("fs2");
                WireMessage over = phone.ask(call, "BYE", call.firstTarget).get(10, TimeUnit.SECONDS);
                assertThat(over.status()).isEqualTo(200);
                assertThat(over.header("User-Agent")).isEqualTo("fs2");
                assertThat(dead.requests).isEmpty();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
