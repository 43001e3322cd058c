package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.core.store.InMemorySharedState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.jainsip.ScriptedFreeSwitch.Leg;
import io.tandemsip.jainsip.ScriptedPhone.Call;
import io.tandemsip.node.HealthState;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * T1, T2 on the wire: calls outlive their node, through the proxy and the real router, with nodes that send what FreeSWITCH nodes were
 * seen to send when one recovers the calls of another.
 */
@Timeout(120)
class HaProxyTakeoverIT {
    private final Map<String, ScriptedFreeSwitch> nodes = new java.util.TreeMap<>();
    private final BlockingQueue<TakeoverAction.Order> orders = new LinkedBlockingQueue<>();
    private final BlockingQueue<TakeoverState> states = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private CompletableFuture<Recovery> recovery = new CompletableFuture<>();
    private SipHost host;
    private HaRouter router;
    private HaProxy proxy;
    private ScriptedPhone phone;

    @BeforeEach
    void begin() throws Exception {
        host = new SipHost();
        int port = ScriptedFreeSwitch.freePort("127.0.1.11", "127.0.1.12", "127.0.1.13");
        for (int i = 1; i <= 3; i++) {
            nodes.put("fs" + i, new ScriptedFreeSwitch("fs" + i, "127.0.1.1" + i, port, host.port));
        }
        phone = new ScriptedPhone(host.port);
        router = Tandem.builder()
                .pool(
                        "media",
                        pool -> nodes.values().forEach(node -> pool.node(node.name, "sip:" + node.hostAndPort())))
                .strategy(SelectionStrategy.of((call, free) -> free.stream()
                        .filter(node -> node.node().id().value().equals("fs1"))
                        .findFirst()
                        .or(() -> free.stream().findFirst())))
                .failoverPolicy(FailoverPolicy.defaults().withAfterProvisional(true))
                .healthPolicy(HealthPolicy.builder().observers(1).build())
                .dialogs(InMemoryDialogStore.create(Ticker.system()))
                .shared(InMemorySharedState.create(Ticker.system(), threads))
                .takeover(
                        TakeoverPolicy.on()
                                .withDownFor(Duration.ofMillis(200))
                                .withRecoveryTimeout(Duration.ofSeconds(15)),
                        this::recover)
                .listener(event -> {
                    if (event instanceof HaEvent.TakeoverChanged changed) {
                        states.add(changed.takeover().state());
                    }
                })
                .build()
                .start();
        proxy = new HaProxy(host.provider, router).start();
        while (router.view().nodes().stream().anyMatch(node -> node.health() != HealthState.HEALTHY)) {
            Thread.onSpinWait();
        }
    }

    private CompletionStage<Recovery> recover(TakeoverAction.Order order) {
        orders.add(order);
        return recovery;
    }

    @AfterEach
    void end() {
        proxy.close();
        router.close();
        phone.close();
        nodes.values().forEach(ScriptedFreeSwitch::close);
        host.close();
        threads.shutdownNow();
    }

    private ScriptedFreeSwitch dead() {
        return nodes.get("fs1");
    }

    /** Freezes the node that has the calls, and waits until another is told to recover them. */
    private ScriptedFreeSwitch freezeFirst() throws Exception {
        dead().freeze();
        TakeoverAction.Order order = orders.poll(30, TimeUnit.SECONDS);
        assertThat(order).as("nobody was told to recover").isNotNull();
        assertThat(order.dead().id().value()).isEqualTo("fs1");
        assertThat(states.poll(5, TimeUnit.SECONDS)).isEqualTo(TakeoverState.FENCED);
        return nodes.get(order.successor().id().value());
    }

    private void settle(Recovery how, TakeoverState state) throws Exception {
        recovery.complete(how);
        assertThat(states.poll(10, TimeUnit.SECONDS)).isEqualTo(state);
    }

    private ScriptedFreeSwitch bystander(ScriptedFreeSwitch successor) {
        return nodes.values().stream()
                .filter(node -> node != successor && node != dead())
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> statuses(Collection<CompletableFuture<WireMessage>> answers) {
        return answers.stream()
                .map(answer -> answer.orTimeout(20, TimeUnit.SECONDS).join().status())
                .toList();
    }

    private List<String> heardFrom(ScriptedFreeSwitch node) {
        return phone.requests.stream()
                .filter(request -> request.header("User-Agent").equals(node.name))
                .map(WireMessage::method)
                .toList();
    }

    private List<String> withinDialogs(ScriptedFreeSwitch node) {
        return node.requests.stream()
                .filter(request -> !request.tag("To").isEmpty())
                .map(WireMessage::method)
                .toList();
    }

    /**
     * Fails when a re-INVITE of the successor waits for its own take-over; when a later request goes by its Request-URI; when one in
     * the gap is answered or sent to the dead node; when what the dead node says after it woke reaches anybody.
     */
    @Test
    void threeHundredCalls_outliveTheirNode() throws Exception {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            calls.add(phone.call());
        }
        Collection<Leg> rows = dead().rows();
        assertThat(rows.size()).isEqualTo(300);
        ScriptedFreeSwitch successor = freezeFirst();

        List<CompletableFuture<WireMessage>> inTheGap = new ArrayList<>();
        for (Call call : calls.subList(0, 10)) {
            inTheGap.add(phone.ask(call, "INFO", call.firstTarget));
        }
        List<CompletableFuture<WireMessage>> recovered = successor.recover(rows);
        assertThat(statuses(recovered)).hasSize(300).containsOnly(200);
        assertThat(inTheGap).as("wait until all are recovered").noneMatch(CompletableFuture::isDone);
        settle(Recovery.of(300), TakeoverState.RECOVERED);
        assertThat(statuses(inTheGap)).containsOnly(200);

        for (Call call : calls) {
            boolean old = calls.indexOf(call) % 2 == 0;
            assertThat(call.target).isNotEqualTo(call.firstTarget);
            WireMessage again = phone.ask(call, "INVITE", old ? call.firstTarget : call.target)
                    .get(10, TimeUnit.SECONDS);
            assertThat(again.status()).isEqualTo(200);
            assertThat(again.header("User-Agent")).isEqualTo(successor.name);
        }

        int heardBefore = heardFrom(dead()).size();
        dead().requests.clear();
        dead().wake();
        List<CompletableFuture<WireMessage>> late = new ArrayList<>();
        for (Leg leg : List.copyOf(rows).subList(0, 20)) {
            late.add(dead().inDialog(leg, "INVITE"));
            late.add(dead().inDialog(leg, "BYE"));
        }
        assertThat(statuses(late)).as("the fenced node").containsOnly(481);

        for (Call call : calls) {
            boolean old = calls.indexOf(call) % 2 == 1;
            WireMessage over =
                    phone.ask(call, "BYE", old ? call.firstTarget : call.target).get(10, TimeUnit.SECONDS);
            assertThat(over.status()).isEqualTo(200);
            assertThat(over.header("User-Agent")).isEqualTo(successor.name);
        }
        assertThat(heardFrom(dead())).hasSize(heardBefore);
        assertThat(withinDialogs(dead())).as("to the fenced node").isEmpty();
        assertThat(successor.rows().size()).isZero();
        assertThat(proxy.pending()).isZero();
    }

    /**
     * Sent before anybody knew that the node is dead. Fails when such a request stays with it: it would be answered with 408 after 32 s,
     * and the successor would keep a call that is over.
     */
    @Test
    void aRequestThatTheDeadNodeNeverAnswered_isAnsweredByItsSuccessor() throws Exception {
        Call call = phone.call();
        Collection<Leg> rows = dead().rows();
        dead().freeze();
        CompletableFuture<WireMessage> bye = phone.ask(call, "BYE", call.target);
        while (proxy.pending() == 0) {
            Thread.onSpinWait();
        }
        ScriptedFreeSwitch successor = freezeFirst();
        assertThat(statuses(successor.recover(rows))).containsExactly(200);
        settle(Recovery.of(1), TakeoverState.RECOVERED);
        WireMessage over = bye.get(15, TimeUnit.SECONDS);
        assertThat(over.status()).isEqualTo(200);
        assertThat(over.header("User-Agent")).isEqualTo(successor.name);
        assertThat(withinDialogs(successor)).contains("BYE");
        assertThat(proxy.pending()).isZero();
    }

    /** Fails when a call that the node sent out is placed; when the answer goes to the address in the Via; when branches collide. */
    @Test
    void aLegThatTheDeadNodeCalledOutBy_withItsVia_lives() throws Exception {
        Leg direct = dead().callOut("callee", phone.address());
        ScriptedFreeSwitch successor = freezeFirst();
        assertThat(statuses(successor.recover(List.of(direct)))).containsExactly(200);
        settle(Recovery.of(1), TakeoverState.RECOVERED);

        Call call = phone.callOf(direct.callId());
        assertThat(call.target).contains("127.0.1.1").isNotEqualTo(call.firstTarget);
        WireMessage again = phone.ask(call, "INVITE", call.firstTarget).get(10, TimeUnit.SECONDS);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("User-Agent")).isEqualTo(successor.name);

        dead().wake();
        assertThat(dead().inDialog(direct, "INFO").get(10, TimeUnit.SECONDS).status())
                .isEqualTo(481);
        WireMessage over = successor.inDialog(direct, "BYE").get(10, TimeUnit.SECONDS);
        assertThat(over.status()).as("with the branch of the first INVITE").isEqualTo(200);
        assertThat(heardFrom(successor)).containsExactly("INVITE", "ACK", "BYE");
    }

    /** Fails when another than the successor may speak for the dialogs, before, in or after the gap. */
    @Test
    void onlyTheSuccessorRecovers_andTwiceDoesNoHarm() throws Exception {
        Call call = phone.call();
        Collection<Leg> rows = dead().rows();
        assertThat(statuses(nodes.get("fs2").recover(rows)))
                .as("its node lives")
                .containsExactly(481);
        ScriptedFreeSwitch successor = freezeFirst();
        ScriptedFreeSwitch other = bystander(successor);
        assertThat(statuses(other.recover(rows))).containsExactly(481);
        assertThat(statuses(successor.recover(rows))).containsExactly(200);
        assertThat(statuses(successor.recover(rows))).containsExactly(200);
        settle(Recovery.of(1), TakeoverState.RECOVERED);
        assertThat(statuses(other.recover(rows))).containsExactly(481);
        assertThat(heardFrom(other)).isEmpty();
        WireMessage over = phone.ask(call, "BYE", call.firstTarget).get(10, TimeUnit.SECONDS);
        assertThat(over.status()).isEqualTo(200);
        assertThat(over.header("User-Agent")).isEqualTo(successor.name);
    }

    /** A call whose ACK the dead node never got. Fails when the client's refusal of the foreign tag ends the client's own dialog. */
    @Test
    void aForeignTag_isTheClientsToRefuse_andEndsNothingElse() throws Exception {
        Call call = phone.call();
        Leg row = dead().rows().iterator().next();
        ScriptedFreeSwitch successor = freezeFirst();
        assertThat(successor
                        .recoverWithForeignTag(row)
                        .get(10, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(481);
        assertThat(statuses(successor.recover(List.of(row)))).containsExactly(200);
        settle(Recovery.of(1), TakeoverState.RECOVERED);
        assertThat(phone.ask(call, "BYE", call.target).get(10, TimeUnit.SECONDS).status())
                .isEqualTo(200);
    }

    /** T2, never a mix. Fails when a late recovery is let through, or the dead node is. */
    @Test
    void whatCouldNotBeRecovered_isNobodys() throws Exception {
        Call call = phone.call();
        Collection<Leg> rows = dead().rows();
        ScriptedFreeSwitch successor = freezeFirst();
        settle(Recovery.failed("the database is away"), TakeoverState.FAILED);
        assertThat(statuses(successor.recover(rows))).containsExactly(481);
        WireMessage refused = phone.ask(call, "INFO", call.firstTarget).get(10, TimeUnit.SECONDS);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isNotEmpty();
        dead().wake();
        assertThat(dead().inDialog(rows.iterator().next(), "BYE")
                        .get(10, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(481);
        assertThat(heardFrom(dead())).isEmpty();
    }

    /** A call that rings when its node dies has no row: it is sent to another. */
    @Test
    void aRingingCall_isAnsweredByAnother() throws Exception {
        dead().ring();
        CompletableFuture<WireMessage> answer = new CompletableFuture<>();
        phone.begin(answer);
        while (dead().requests.stream().noneMatch(request -> request.method().equals("INVITE"))) {
            Thread.onSpinWait();
        }
        dead().freeze();
        WireMessage ok = answer.get(30, TimeUnit.SECONDS);
        assertThat(ok.status()).isEqualTo(200);
        assertThat(ok.header("User-Agent")).isIn("fs2", "fs3");
    }
}
