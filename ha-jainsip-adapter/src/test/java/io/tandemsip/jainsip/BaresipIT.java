package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.core.store.InMemoryLocationStore;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.location.AddressOfRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real phone, baresip, that registers at the proxy, and three nodes behind it. Fails when a request within a dialog goes to another node, when
 * a route set or the contact that the proxy keeps does not lead back to the phone, or when a header that the phone needs is lost.
 */
@Timeout(180)
class BaresipIT {
    private static final AddressOfRecord ALICE = new AddressOfRecord("sip:alice@example.org");
    private static final int PATIENCE_MILLIS = 30_000;
    private static final String SDP = "v=0\r\no=n 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            + "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

    private final Opened opened = new Opened();
    private final Set<String> seen = new HashSet<>();
    private final InMemoryLocationStore store = InMemoryLocationStore.create(Ticker.system());
    private final List<UdpPeer> nodes = new ArrayList<>();
    private UdpPeer node;
    private SipHost host;
    private HaProxy proxy;
    private Baresip alice;
    private Call up;
    private int numbers;

    @BeforeEach
    void open() throws Exception {
        Baresip.assumeInstalled();
        for (int i = 0; i < 3; i++) {
            nodes.add(opened.add(new UdpPeer()));
        }
        host = opened.add(new SipHost().withTcp());
        HaRouter router = opened.add(Tandem.builder()
                .pool("media", pool -> {
                    for (int i = 0; i < nodes.size(); i++) {
                        pool.node("fs" + i, "sip:127.0.0.1:" + nodes.get(i).port());
                    }
                })
                .strategy(Strategies.roundRobin())
                .probe((each, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .build()
                .start());
        proxy = opened.add(HaProxy.builder(router)
                .provider(host.provider)
                .registrations(Registrations.toStore(store, List.of("127.0.0.1")))
                .build()
                .start());
    }

    @AfterEach
    void close() throws Exception {
        opened.close();
        store.close();
    }

    private void register(String transport) throws Exception {
        alice = opened.add(Baresip.start("alice", host.port, transport));
        long deadline = System.nanoTime() + Duration.ofMillis(PATIENCE_MILLIS).toNanos();
        while (store.find(ALICE).toCompletableFuture().join().isEmpty()) {
            assertThat(System.nanoTime()).as("the phone registers").isLessThan(deadline);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** A message at the node, each once: what comes again is not looked at. */
    private String gets(String start) throws Exception {
        while (true) {
            String message = node.poll(PATIENCE_MILLIS)
                    .orElseThrow(() -> new AssertionError("no " + start + " at " + node.address()));
            if (message.startsWith(start) && seen.add(branchOf(message) + message.substring(0, start.length()))) {
                return message;
            }
        }
    }

    /** A call at any node, which is the one from now on. */
    private String getsCall() throws Exception {
        long deadline = System.nanoTime() + Duration.ofMillis(PATIENCE_MILLIS).toNanos();
        while (System.nanoTime() < deadline) {
            for (UdpPeer each : nodes) {
                Optional<String> message = each.poll(20);
                if (message.filter(text -> text.startsWith("INVITE ")).isPresent()
                        && seen.add(branchOf(message.get()) + "INVITE ")) {
                    node = each;
                    return message.get();
                }
            }
        }
        throw new AssertionError("no call at any node");
    }

    private static String branchOf(String message) {
        return UdpPeer.header(message, "Via") + UdpPeer.header(message, "CSeq");
    }

    private static List<String> routes(String message) {
        return SipLine.headers(message, "Record-Route").stream()
                .flatMap(line -> Stream.of(line.split(",(?=\\s*<)", -1)))
                .map(String::trim)
                .toList();
    }

    private String body(String text, String type) {
        return "Contact: <sip:node@" + node.address() + ">\r\n"
                + (text.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
                + "Content-Length: " + text.length() + "\r\n\r\n" + text;
    }

    private void answer(String request, int status, String sdp) throws Exception {
        String recordRoutes = routes(request).stream()
                .map(value -> "Record-Route: " + value + "\r\n")
                .collect(Collectors.joining());
        node.send(
                UdpNode.answerAsReceived(request, status)
                        .replace("Content-Length: 0\r\n\r\n", recordRoutes + body(sdp, "application/sdp")),
                host.port);
    }

    /** What the node knows of a call. */
    private record Call(String callId, String own, String other, String target, List<String> routes) {}

    private static String contact(String message) {
        return UdpPeer.header(message, "Contact").replaceAll("^[^<]*<|>.*$", "");
    }

    /** Takes a call of the phone's. */
    private Call takes(String invite) throws Exception {
        answer(invite, 200, SDP);
        alice.awaits("CALL_ESTABLISHED");
        gets("ACK ");
        return new Call(
                UdpPeer.header(invite, "Call-ID"),
                UdpPeer.header(invite, "To") + ";tag=node",
                UdpPeer.header(invite, "From"),
                contact(invite),
                routes(invite));
    }

    private void sends(Call call, String method, int cseq, String more, String text, String type) throws Exception {
        String route =
                call.routes().stream().map(value -> "Route: " + value + "\r\n").collect(Collectors.joining());
        node.send(
                method + ' ' + call.target() + " SIP/2.0\r\nVia: SIP/2.0/UDP " + node.address() + ";branch=z9hG4bKn"
                        + ++numbers + "\r\nMax-Forwards: 70\r\n" + route + "From: " + call.own() + "\r\nTo: "
                        + call.other() + "\r\nCall-ID: " + call.callId() + "\r\nCSeq: " + cseq + ' ' + method + "\r\n"
                        + more + body(text, type),
                host.port);
    }

    private Call phoneCalls() throws Exception {
        alice.does("dial", "sip:bob@example.org");
        return takes(getsCall());
    }

    private void nodeCalls() throws Exception {
        node = nodes.get(0);
        Call begun = new Call(
                "from-node-" + ++numbers,
                "<sip:bob@example.org>;tag=n" + numbers,
                "<sip:alice@example.org>",
                "sip:alice@example.org",
                List.of());
        sends(begun, "INVITE", 1, "", SDP, "application/sdp");
        alice.awaits("CALL_INCOMING");
        gets("SIP/2.0 180");
        alice.does("accept", "");
        String ok = gets("SIP/2.0 200");
        List<String> back = new ArrayList<>(routes(ok));
        Collections.reverse(back);
        up = new Call(begun.callId(), begun.own(), UdpPeer.header(ok, "To"), contact(ok), back);
        sends(up, "ACK", 1, "", "", "");
        alice.awaits("CALL_ESTABLISHED");
    }

    /** The phone tells how the call went that it was sent to make (RFC 3515). */
    private void answerNews() throws Exception {
        String news = "";
        while (!news.contains("SIP/2.0 200")) {
            news = gets("NOTIFY ");
            answer(news, 200, "");
        }
    }

    private void hangsUp(Call call) throws Exception {
        sends(call, "BYE", 3, "", "", "");
        gets("SIP/2.0 200");
        alice.awaits("CALL_CLOSED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp"})
    void phone_callsHoldsTransfersAndHangsUp(String transport) throws Exception {
        register(transport);
        Call call = phoneCalls();
        alice.does("hold", "");
        String hold = gets("INVITE ");
        assertThat(hold).contains("a=sendonly");
        answer(hold, 200, SDP + "a=recvonly\r\n");
        gets("ACK ");
        alice.does("resume", "");
        String resume = gets("INVITE ");
        assertThat(resume).contains("a=sendrecv");
        answer(resume, 200, SDP);
        gets("ACK ");

        alice.does("transfer", "sip:carol@example.org");
        String refer = gets("REFER ");
        assertThat(UdpPeer.header(refer, "Refer-To")).contains("sip:carol@example.org");
        answer(refer, 202, "");
        sends(
                call,
                "NOTIFY",
                1,
                "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\n",
                "SIP/2.0 200 OK\r\n",
                "message/sipfrag;version=2.0");
        answer(gets("BYE "), 200, "");
        alice.awaits("CALL_CLOSED");

        phoneCalls();
        alice.does("hangup", "");
        answer(gets("BYE "), 200, "");
        alice.awaits("CALL_CLOSED");
        assertThat(proxy.mishaps()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp"})
    void phone_isCalledTransferredAndHungUpOn(String transport) throws Exception {
        register(transport);
        nodeCalls();
        sends(up, "REFER", 2, "Refer-To: <sip:carol@example.org>\r\n", "", "");
        UdpPeer first = node;
        gets("SIP/2.0 202");
        String invite = getsCall();
        assertThat(invite).startsWith("INVITE sip:carol@example.org");
        Call second = takes(invite);
        UdpPeer other = node;
        node = first;
        answerNews();
        hangsUp(up);
        node = other;
        hangsUp(second);

        nodeCalls();
        hangsUp(up);

        nodeCalls();
        alice.does("hangup", "");
        answer(gets("BYE "), 200, "");
        alice.awaits("CALL_CLOSED");
        assertThat(proxy.mishaps()).isZero();
    }

    /** Puts the current call on hold. */
    private void holds() throws Exception {
        alice.does("hold", "");
        answer(gets("INVITE "), 200, SDP + "a=recvonly\r\n");
        gets("ACK ");
    }

    /**
     * An attended transfer (RFC 5589 section 7): the phone has a call at each node, and asks the second node to take its place in the first.
     * It would be the third one's turn: fails when Replaces is not looked at, or lost on the way.
     */
    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp"})
    void phone_transfersAttended_andReplacesReachesTheNodeThatHasTheCall(String transport) throws Exception {
        register(transport);
        Call bob = phoneCalls();
        UdpPeer bobs = node;
        holds();
        Call carol = phoneCalls();
        UdpPeer carols = node;
        assertThat(carols).isNotSameAs(bobs);

        String replaces = bob.callId() + ";to-tag=node;from-tag=" + bob.other().replaceAll(".*;tag=([^;>]+).*", "$1");
        String target = "sip:bob@127.0.0.1:" + host.port;
        node = carols;
        alice.does(
                "transfer",
                '<' + target + "?Replaces=" + replaces.replace(";", "%3B").replace("=", "%3D") + '>');
        String refer = gets("REFER ");
        assertThat(UdpPeer.header(refer, "Refer-To")).contains(target + "?Replaces=" + bob.callId());
        answer(refer, 202, "");
        Call begun = new Call(
                "transferred-" + transport, "<sip:carol@example.org>;tag=c", "<" + target + ">", target, List.of());
        sends(begun, "INVITE", 1, "Replaces: " + replaces + "\r\n", SDP, "application/sdp");
        String invite = getsCall();
        assertThat(node).as("where it comes first").isSameAs(bobs);
        assertThat(invite).startsWith("INVITE " + target);
        assertThat(UdpPeer.header(invite, "Replaces")).isEqualTo(replaces);
        answer(invite, 200, SDP);
        node = carols;
        assertThat(gets("SIP/2.0 200")).contains(begun.callId());
        assertThat(proxy.mishaps()).isZero();
    }
}
