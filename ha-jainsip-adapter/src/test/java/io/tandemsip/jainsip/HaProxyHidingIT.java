package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls whose caller never sees where their node is, over restarts too: each router of the group has the same key, and no memory. */
@Timeout(120)
class HaProxyHidingIT {
    /** An address that nobody has but the node. */
    private static final String NODE = "127.0.0.2";

    private static final byte[] KEY =
            "thirty-two bytes for tests only!".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final AtomicInteger numbers = new AtomicInteger();
    private final Opened opened = new Opened();
    private SipHost host;
    private UdpPeer caller;
    private UdpPeer node;
    private HaRouter router;
    private HaProxy proxy;

    @BeforeEach
    void open() throws Exception {
        host = opened.add(new SipHost().withTcp());
        caller = opened.add(new UdpPeer());
        node = opened.add(new UdpPeer(NODE));
    }

    @AfterEach
    void close() throws Exception {
        end();
        opened.close();
    }

    private void end() {
        if (proxy != null) {
            proxy.close();
            router.close();
        }
    }

    /** A router and a proxy that know nothing of what was before, at the same port. */
    private void start(String uri) {
        end();
        router = Tandem.builder()
                .affinityKeys(AffinityKeys.of(1, KEY))
                .pool("media", pool -> pool.node("fs1", uri))
                .probe((each, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .build()
                .start();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!router.view().nodes().stream().allMatch(each -> each.health() == HealthState.HEALTHY)) {
            assertThat(System.nanoTime()).as("health awaited in vain").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
        proxy = HaProxy.builder(router)
                .provider(host.provider)
                .topology(TopologyHiding.on())
                .build()
                .start();
    }

    private String request(UdpPeer from, String method, String uri, String tags, String... lines) {
        String[] fromAndTo = tags.split(">", -1);
        String to = fromAndTo[1].isEmpty() ? "" : ";tag=" + fromAndTo[1];
        return method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + from.address() + ";branch=z9hG4bK"
                + numbers.incrementAndGet() + "\r\nFrom: <sip:a@example.org>;tag=" + fromAndTo[0]
                + "\r\nTo: <sip:b@example.org>" + to + "\r\nCall-ID: hidden\r\nCSeq: " + numbers.get() + ' ' + method
                + "\r\nMax-Forwards: 70\r\nContact: <sip:it@" + from.address() + ">\r\nUser-Agent: at " + from.address()
                + "\r\n"
                + String.join(
                        "", List.of(lines).stream().map(line -> line + "\r\n").toList())
                + "Content-Length: 0\r\n\r\n";
    }

    private String answer(UdpPeer from, String request) {
        WireMessage asked = new WireMessage(request);
        return asked.response(
                "200 OK",
                "node",
                List.of("Contact: <sip:it@" + from.address() + '>', "Server: at " + from.address()),
                "");
    }

    private WireMessage seen(String message) {
        assertThat(message).as("what outsiders see").doesNotContain(NODE);
        return new WireMessage(message);
    }

    /** The next response of the call's that says 200; what is older is passed over. */
    private static String nextOk(UdpPeer peer) throws Exception {
        String message = peer.nextFinal();
        assertThat(message).startsWith("SIP/2.0 200");
        return message;
    }

    private static String route(List<String> recordRoute, boolean reversed) {
        List<String> routes = new java.util.ArrayList<>(recordRoute);
        if (reversed) {
            Collections.reverse(routes);
        }
        return "Route: " + String.join(", ", routes);
    }

    /** From the node's side: a request of its own, its answer, and that the far side never sees the node. */
    private void ask(String method, String target, String tags, String route) throws Exception {
        String sent = request(node, method, target, tags, route);
        node.send(sent, host.port);
        String came = caller.nextRequest(method);
        seen(came);
        caller.send(answer(caller, came), host.port);
        WireMessage ok = new WireMessage(nextOk(node));
        assertThat(ok.headers("Via")).as("its own").hasSize(1);
        assertThat(ok.header("Via")).contains(node.address()).doesNotContain("th=");
    }

    private void askNode(String method, String target, String tags, String route) throws Exception {
        caller.send(request(caller, method, target, tags, route), host.port);
        String came = node.nextRequest(method);
        assertThat(new WireMessage(came).requestUri()).isEqualTo("sip:it@" + node.address());
        node.send(answer(node, came), host.port);
        seen(nextOk(caller));
    }

    @Test
    void call_placedAtANode_isHiddenFromTheCallerOverARestartInItsMidst() throws Exception {
        start("sip:" + node.address());
        caller.send(request(caller, "INVITE", "sip:b@example.org", "caller>"), host.port);
        String invite = node.nextRequest("INVITE");
        String ok = answer(node, invite);
        node.send(ok, host.port);
        WireMessage first = seen(nextOk(caller));
        node.send(ok, host.port);
        WireMessage again = seen(nextOk(caller));
        assertThat(again.contactUri()).as("of a retransmission").isEqualTo(first.contactUri());
        start("sip:" + node.address());
        node.send(ok, host.port);
        assertThat(seen(nextOk(caller)).contactUri()).as("after a restart").isEqualTo(first.contactUri());
        String route = route(first.routes(), true);
        caller.send(request(caller, "ACK", first.contactUri(), "caller>node", route), host.port);
        assertThat(new WireMessage(node.nextRequest("ACK")).requestUri()).isEqualTo("sip:it@" + node.address());
        askNode("INVITE", first.contactUri(), "caller>node", route);
        String nodes = route(new WireMessage(ok).routes(), false);
        ask("INVITE", "sip:it@" + caller.address(), "node>caller", nodes);
        start("sip:" + node.address());
        ask("INFO", "sip:it@" + caller.address(), "node>caller", nodes);
        askNode("BYE", first.contactUri(), "caller>node", route);
        assertThat(proxy.mishaps()).isZero();
    }

    @Test
    void call_ofANode_isHiddenFromWhoIsCalledOverARestartInItsMidst() throws Exception {
        start("sip:" + node.address());
        String sent = request(node, "INVITE", "sip:it@" + caller.address(), "caller>");
        node.send(sent, host.port);
        String invite = caller.nextRequest("INVITE");
        WireMessage shown = seen(invite);
        String ok = answer(caller, invite);
        caller.send(ok, host.port);
        WireMessage first = new WireMessage(nextOk(node));
        assertThat(first.header("Via")).startsWith("SIP/2.0/UDP " + node.address());
        start("sip:" + node.address());
        caller.send(ok, host.port);
        assertThat(new WireMessage(nextOk(node)).headers("Via"))
                .as("sealed by the router that is no more")
                .isEqualTo(first.headers("Via"));
        String nodes = route(first.routes(), true);
        String callees = route(shown.routes(), false);
        askNode("INVITE", shown.contactUri(), "node>caller", callees);
        ask("INFO", "sip:it@" + caller.address(), "caller>node", nodes);
        ask("BYE", "sip:it@" + caller.address(), "caller>node", nodes);
        assertThat(proxy.mishaps()).isZero();
    }

    /** Fails when the listening point of the node's side is left in the caller's route set. */
    @Test
    void call_toANodeByAnotherTransport_showsTheCallerItsOwnSideOnly() throws Exception {
        try (ConnectedPeer tcp = new ConnectedPeer(NODE, Optional.empty())) {
            start("sip:" + tcp.address() + ";transport=tcp");
            caller.send(request(caller, "INVITE", "sip:b@example.org", "caller>"), host.port);
            String invite = tcp.next();
            assertThat(new WireMessage(invite).routes()).hasSize(2);
            tcp.reply(new WireMessage(invite)
                    .response("200 OK", "node", List.of("Contact: <sip:it@" + tcp.address() + ";transport=tcp>"), ""));
            WireMessage ok = seen(nextOk(caller));
            assertThat(ok.routes()).hasSize(1).first().asString().doesNotContain("transport=tcp");
            caller.send(request(caller, "BYE", ok.contactUri(), "caller>node", route(ok.routes(), true)), host.port);
            String bye = tcp.next();
            while (!bye.startsWith("BYE ")) {
                bye = tcp.next();
            }
            assertThat(new WireMessage(bye).requestUri()).isEqualTo("sip:it@" + tcp.address() + ";transport=tcp");
            tcp.reply(new WireMessage(bye).response("200 OK", "node", List.of(), ""));
            seen(nextOk(caller));
        }
    }

    @Test
    void request_toSomethingSealedBySomebodyElse_isForbidden() throws Exception {
        start("sip:" + node.address());
        String forged = "sip:" + HiddenTopology.USER
                + new SealedText(() -> List.of("thirty-two others for the tests!"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                        .seal("uri", "sip:it@" + node.address(), "hidden")
                + "@127.0.0.1:" + host.port;
        caller.send(request(caller, "INVITE", forged, "caller>"), host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 403");
        assertThat(proxy.transactions()).as("nothing is kept of it").isZero();
    }

    @ParameterizedTest
    @CsvSource({"uas_reinvite, uac_reinvite", "uas_hangs_up, uac_hung_up", "uas_prack, uac_prack"})
    void liveCalls_withRequestsFromBothSides_goThrough(String nodes, String callers) throws Exception {
        Sipp.assumeInstalled();
        int port = SippPorts.free();
        start("sip:127.0.0.1:" + port);
        try (Sipp fs1 = Sipp.node(nodes, port, "-m", "5");
                Sipp uac = Sipp.caller(callers, SippPorts.free(), host.port, 5, 5)) {
            uac.assertSucceeds();
            fs1.assertSucceeds();
            assertThat(uac.messages())
                    .as("what the callers saw")
                    .isNotEmpty()
                    .noneMatch(line -> line.contains(":" + port));
        }
        assertThat(proxy.mishaps()).isZero();
    }

    /** Fails when an outsider who writes into what the proxy sealed has the node wait for its answer in vain. */
    @Test
    void answer_ofAnOutsiderWhoForgedTheSealedVias_endsTheNodesRequest() throws Exception {
        start("sip:" + node.address());
        node.send(request(node, "INVITE", "sip:it@" + caller.address(), "caller>"), host.port);
        String forged = answer(caller, caller.nextRequest("INVITE"))
                .replace("200 OK", "486 Busy Here")
                .replaceFirst(";th=.", ";th=!");
        caller.send(forged, host.port);
        assertThat(node.nextFinal()).startsWith("SIP/2.0 500");
        assertThat(proxy.pending()).isZero();
    }
}
