package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What strangers try, in datagrams: nothing of it reaches anybody but a node. */
class HaProxyEdgeIT {
    private static final int SILENCE_MILLIS = 100;
    private static final AtomicInteger CALLS = new AtomicInteger();

    private static SipHost host;

    private UdpPeer node;
    private UdpPeer caller;
    private UdpPeer victim;
    private ScriptedRouter router;
    private HaProxy proxy;

    @BeforeAll
    static void openPort() throws Exception {
        host = new SipHost();
    }

    @AfterAll
    static void closePort() {
        host.close();
    }

    @BeforeEach
    void start() throws Exception {
        node = new UdpPeer();
        caller = new UdpPeer();
        victim = new UdpPeer();
        router = new ScriptedRouter(Node.of("fs1", "sip:" + node.address()));
        start(EdgePolicy.defaults());
    }

    private void start(EdgePolicy policy) {
        if (proxy != null) {
            proxy.close();
        }
        proxy = HaProxy.builder(router)
                .provider(host.provider)
                .edge(policy)
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        proxy.close();
        node.close();
        caller.close();
        victim.close();
    }

    private String request(UdpPeer from, String method, String uri, String callId, String tags, String... lines) {
        String[] fromAndTo = tags.split(">", -1);
        String to = fromAndTo[1].isEmpty() ? "" : ";tag=" + fromAndTo[1];
        StringBuilder text = new StringBuilder(method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + from.address()
                + ";branch=z9hG4bK" + CALLS.incrementAndGet() + "\r\n"
                + "From: <sip:a@example.org>;tag=" + fromAndTo[0] + "\r\nTo: <sip:b@example.org>" + to + "\r\n"
                + "Call-ID: " + callId + "\r\nCSeq: 1 " + method + "\r\nMax-Forwards: 70\r\n"
                + "Contact: <sip:" + from.address() + ">\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        return text + "Content-Length: 0\r\n\r\n";
    }

    /** A call that was answered; gives the Record-Route by which its later requests come. */
    private String establish(String callId) throws Exception {
        caller.send(request(caller, "INVITE", "sip:b@example.org", callId, "caller>"), host.port);
        String invite = node.nextRequest("INVITE");
        String recordRoute = UdpPeer.header(invite, "Record-Route");
        node.send(UdpNode.response(invite, 200, "Record-Route: " + recordRoute), host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
        return recordRoute;
    }

    private void assertVictimIsLeftAlone() throws Exception {
        assertThat(victim.poll(SILENCE_MILLIS)).as("what the victim got").isEmpty();
    }

    @Test
    void invite_whoseRouteNamesSomebodyElse_isForbidden() throws Exception {
        for (String route : List.of(
                "Route: <sip:" + victim.address() + ";lr>",
                "Route: <sip:127.0.0.1:" + host.port + ";lr>, <sip:" + victim.address() + ";lr>",
                "Route: <sip:127.0.0.1:" + host.port + ";td=fs1;tc=1;lr>, <sip:" + victim.address() + ";lr>")) {
            caller.send(request(caller, "INVITE", "sip:b@example.org", "r" + CALLS, "caller>", route), host.port);
            assertThat(caller.nextFinal()).as(route).startsWith("SIP/2.0 403");
        }
        assertThat(router.attempts).isEmpty();
        assertThat(proxy.transactions()).as("nothing is kept of it").isZero();
        assertVictimIsLeftAlone();
    }

    @Test
    void invite_whoseRequestUriNamesSomebodyElse_reachesANodeOnly() throws Exception {
        caller.send(request(caller, "INVITE", "sip:b@" + victim.address(), "uri1", "caller>"), host.port);
        assertThat(node.nextRequest("INVITE")).contains("Call-ID: uri1");
        assertVictimIsLeftAlone();
    }

    @Test
    void invite_forAnotherDomainThanThoseServed_isNotFound() throws Exception {
        start(EdgePolicy.defaults().withDomains(List.of("Example.ORG")));
        caller.send(request(caller, "INVITE", "sip:b@example.com", "dom1", "caller>"), host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 404");
        caller.send(request(caller, "INVITE", "sip:b@example.org", "dom2", "caller>"), host.port);
        assertThat(node.nextRequest("INVITE")).contains("Call-ID: dom2");
    }

    /** Fails when it is looked at what a strict router left in the Request-URI, and not at where that leads (RFC 3261 section 16.4). */
    @Test
    void invite_forAnotherDomain_byTheWayOfAStrictRouter_isNotFound() throws Exception {
        start(EdgePolicy.defaults().withDomains(List.of("example.org")));
        String own = "sip:127.0.0.1:" + host.port + ";lr";
        caller.send(request(caller, "INVITE", own, "strict1", "caller>", "Route: <sip:b@example.com>"), host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 404");
        caller.send(request(caller, "INVITE", own, "strict2", "caller>", "Route: <sip:b@example.org>"), host.port);
        assertThat(node.nextRequest("INVITE")).startsWith("INVITE sip:b@example.org ");
    }

    /** Fails when a Route that names who is trusted may lead to somebody else by its maddr. */
    @Test
    void info_ofAUserWithAToken_toWhomTheMaddrOfATrustedNameLeads_isForbidden() throws Exception {
        proxy.close();
        proxy = HaProxy.builder(router)
                .provider(host.provider)
                .edge(EdgePolicy.defaults().withTrusted(List.of("127.0.0.3")))
                .registrations(Registrations.toNodesByPath())
                .build()
                .start();
        caller.send(request(caller, "REGISTER", "sip:example.org", "reg", "caller>"), host.port);
        String path = UdpPeer.header(node.nextRequest("REGISTER"), "Path");
        assertThat(path).contains("sip:tf");
        String trusted = "<sip:127.0.0.3:" + victim.port() + ";maddr=127.0.0.1;lr>";
        caller.send(
                request(caller, "INFO", "sip:b@example.org", "maddr", "caller>b", "Route: " + path + ", " + trusted),
                host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 403");
        assertVictimIsLeftAlone();
    }

    /** Fails when a sender's own word says where answers go: an INVITE that nobody acknowledges is answered a dozen times. */
    @Test
    void request_whoseViaSaysWhereItWasReceivedFrom_isAnsweredWhereItCameFrom() throws Exception {
        try (UdpPeer other = new UdpPeer("127.0.0.2", caller.port())) {
            String forged = request(caller, "INVITE", "sip:b@example.org", "received", "caller>")
                    .replace(";branch=", ";received=127.0.0.2;branch=")
                    .replace("Max-Forwards: 70", "Max-Forwards: 0");
            caller.send(forged, host.port);
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 483");
            assertThat(other.poll(SILENCE_MILLIS)).isEmpty();
        }
    }

    /** Fails when a request that is refused for one of several options names the first only (RFC 3261 section 16.3 step 5). */
    @Test
    void invite_thatRequiresWhatNobodyKnowsHere_isToldAllOfIt() throws Exception {
        caller.send(
                request(caller, "INVITE", "sip:b@example.org", "ext", "caller>", "Proxy-Require: one, two"), host.port);
        String answer = caller.nextFinal();
        assertThat(answer).startsWith("SIP/2.0 420");
        assertThat(String.join(",", SipLine.headers(answer, "Unsupported"))).contains("one", "two");
    }

    /** Fails when the mark, which a caller can turn around, says who is a node. */
    @Test
    void bye_thatAStrangerGivesOutForTheNodes_isForbidden() throws Exception {
        String recordRoute = establish("flip");
        caller.send(
                request(caller, "BYE", "sip:" + victim.address(), "flip", "node>caller", "Route: " + recordRoute),
                host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 403");
        caller.send(
                request(
                        caller,
                        "INFO",
                        "sip:b@example.org",
                        "flip",
                        "node>caller",
                        "Route: " + recordRoute + ", <sip:" + victim.address() + ";lr>"),
                host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 403");
        assertVictimIsLeftAlone();
    }

    /** Fails when Via's received, which a sender may write himself, is taken for where a packet came from. */
    @Test
    void bye_whoseViaNamesTheNode_isNotTheNodes() throws Exception {
        String recordRoute = establish("via");
        String forged = request(caller, "BYE", "sip:" + victim.address(), "via", "node>caller", "Route: " + recordRoute)
                .replaceFirst(
                        "Via: SIP/2.0/UDP [^;]*", "Via: SIP/2.0/UDP 127.0.0.1:" + node.port() + ";received=127.0.0.1");
        caller.send(forged, host.port);
        String answer = node.nextFinal();
        assertThat(answer).as("goes where Via says").startsWith("SIP/2.0 403");
        assertVictimIsLeftAlone();
    }

    @Test
    void bye_ofTheNode_reachesTheCaller() throws Exception {
        String recordRoute = establish("true");
        node.send(
                request(node, "BYE", "sip:" + caller.address(), "true", "node>caller", "Route: " + recordRoute),
                host.port);
        assertThat(caller.nextRequest("BYE")).contains("Call-ID: true");
    }

    @Test
    void bye_fromAnAddressThatIsTrusted_isTheNodes() throws Exception {
        try (UdpPeer second = new UdpPeer("127.0.0.2")) {
            String recordRoute = establish("other");
            String bye =
                    request(second, "BYE", "sip:" + caller.address(), "other", "node>caller", "Route: " + recordRoute);
            second.send(bye, host.port);
            assertThat(second.nextFinal()).startsWith("SIP/2.0 403");
            start(EdgePolicy.defaults().withTrusted(List.of("127.0.0.2/31")));
            second.send(bye.replace("z9hG4bK", "z9hG4bKagain"), host.port);
            assertThat(caller.nextRequest("BYE")).contains("Call-ID: other");
        }
    }

    @Test
    void bye_alongARouteSetWithoutAMark_isUnknown() throws Exception {
        caller.send(
                request(
                        caller,
                        "BYE",
                        "sip:" + victim.address(),
                        "forged",
                        "x>y",
                        "Route: <sip:127.0.0.1:" + host.port + ";td=AAAA;tc=0;lr>, <sip:" + victim.address() + ";lr>"),
                host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 481");
        assertVictimIsLeftAlone();
    }

    /** Fails when a response is forwarded for no other reason than that its Vias say so. */
    @Test
    void response_thatBelongsToNothing_isRelayedFromOrToANodeOnly() throws Exception {
        String stray = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:" + host.port + ";branch=z9hG4bKtdabc.def\r\n"
                + "Via: SIP/2.0/UDP " + victim.address() + ";branch=z9hG4bKv\r\n"
                + "From: <sip:a@example.org>;tag=a\r\nTo: <sip:b@example.org>;tag=b\r\nCall-ID: stray\r\n"
                + "CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
        caller.send(stray, host.port);
        assertVictimIsLeftAlone();
        node.send(stray, host.port);
        assertThat(victim.next()).startsWith("SIP/2.0 200");
        caller.send(stray.replace(victim.address(), node.address()), host.port);
        assertThat(node.next()).startsWith("SIP/2.0 200");
    }

    @Test
    void headersThatNodesTrust_areTakenOutOfAStrangersRequestsOnly() throws Exception {
        String[] forged = {
            "P-Asserted-Identity: <sip:boss@example.org>", "remote-party-id: <sip:boss@example.org>", "X-Mine: yes"
        };
        caller.send(request(caller, "INVITE", "sip:b@example.org", "id1", "caller>", forged), host.port);
        assertThat(node.nextRequest("INVITE"))
                .doesNotContainIgnoringCase("boss")
                .contains("X-Mine: yes");
        start(EdgePolicy.defaults().withStrippedHeaders(List.of("x-mine")));
        caller.send(request(caller, "INVITE", "sip:b@example.org", "id2", "caller>", forged), host.port);
        assertThat(node.nextRequest("INVITE")).contains("boss").doesNotContainIgnoringCase("x-mine");
        start(EdgePolicy.defaults().withTrusted(List.of("127.0.0.1")));
        caller.send(request(caller, "INVITE", "sip:b@example.org", "id3", "caller>", forged), host.port);
        assertThat(node.nextRequest("INVITE")).contains("Call-ID: id3").contains("boss");
    }

    @Test
    void newRequests_beyondASourcesLimit_areShedAndNothingIsKept() throws Exception {
        start(EdgePolicy.defaults().withNewRequestLimits(1, Double.POSITIVE_INFINITY));
        String recordRoute = establish("kept");
        int kept = proxy.transactions();
        for (int i = 0; i < 20; i++) {
            caller.send(request(caller, "INVITE", "sip:b@example.org", "shed" + i, "caller>"), host.port);
            String shed = caller.nextFinal();
            assertThat(shed).startsWith("SIP/2.0 503");
            assertThat(UdpPeer.header(shed, "Retry-After")).isEqualTo("1");
        }
        assertThat(proxy.transactions()).isLessThanOrEqualTo(kept);
        caller.send(
                request(caller, "BYE", "sip:" + node.address(), "kept", "caller>node", "Route: " + recordRoute),
                host.port);
        assertThat(node.nextRequest("BYE")).as("what is in a dialog goes on").contains("Call-ID: kept");
        try (UdpPeer other = new UdpPeer("127.0.0.2")) {
            other.send(request(other, "INVITE", "sip:b@example.org", "other", "caller>"), host.port);
            assertThat(node.nextRequest("INVITE")).as("another source").contains("Call-ID: other");
        }
    }

    @Test
    void requests_thatLoopOrHaveNoHopLeft_areRefused() throws Exception {
        caller.send(
                request(caller, "INVITE", "sip:b@example.org", "hops", "caller>")
                        .replace("Max-Forwards: 70", "Max-Forwards: 0"),
                host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 483");
        caller.send(request(caller, "INVITE", "sip:b@example.org", "loop", "caller>"), host.port);
        String forwarded = node.nextRequest("INVITE");
        node.send(
                forwarded.replaceFirst("Via: ", "Via: SIP/2.0/UDP " + node.address() + ";branch=z9hG4bKback\r\nVia: "),
                host.port);
        assertThat(node.nextFinal()).startsWith("SIP/2.0 482");
    }
}
