package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.store.InMemoryLocationStore;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users behind a connection that only they can open, two proxies, and a node that calls them through either. */
@Timeout(120)
class HaProxyRegisterIT {
    private static final AddressOfRecord ALICE = new AddressOfRecord("sip:alice@example.org");
    /** Where nobody is: only the user's own connection leads to the user. */
    private static final String CONTACT = "sip:alice@192.0.2.9:5099;transport=tcp";

    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final InMemoryLocationStore store = InMemoryLocationStore.create(Ticker.system());
    private final AtomicInteger numbers = new AtomicInteger();
    private final Opened opened = new Opened();
    private UdpPeer node;
    private ConnectedPeer user;
    private HaRouter router;
    private SipHost first;
    private SipHost second;

    @BeforeEach
    void open() throws Exception {
        node = opened.add(new UdpPeer());
        user = opened.add(new ConnectedPeer("127.0.0.1", Optional.empty()));
        first = opened.add(new SipHost().withTcp());
        second = opened.add(new SipHost().withTcp());
        router = opened.add(Tandem.builder()
                .pool("media", pool -> pool.node("fs1", "sip:127.0.0.1:" + node.port()))
                .probe((each, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .build()
                .start());
        Soon.await(
                () -> router.view().nodes().stream().allMatch(each -> each.health() == HealthState.HEALTHY), "health");
    }

    @AfterEach
    void close() throws Exception {
        opened.close();
        store.close();
    }

    private HaProxy proxy(SipHost host, Registrations registrations) {
        return opened.add(HaProxy.builder(router)
                .provider(host.provider)
                .registrations(registrations)
                .peer("sip:127.0.0.1:" + first.port)
                .peer("sip:127.0.0.1:" + second.port)
                .build()
                .start());
    }

    private String request(String method, String uri, String transport, String sentBy, String dialog, String... lines) {
        return method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/" + transport + ' ' + sentBy + ";branch=z9hG4bK"
                + numbers.incrementAndGet() + "\r\nMax-Forwards: 70\r\n" + dialog + "CSeq: " + numbers.get() + ' '
                + method + "\r\n"
                + String.join(
                        "", List.of(lines).stream().map(line -> line + "\r\n").toList())
                + "Content-Length: 0\r\n\r\n";
    }

    /** REGISTER by the user's connection. */
    private void register(SipHost to, String callId, String... lines) throws Exception {
        user.send(
                request(
                        "REGISTER",
                        "sip:example.org",
                        "TCP",
                        "192.0.2.9:5099",
                        "From: <sip:alice@example.org>;tag=r\r\nTo: <sip:alice@example.org>\r\nCall-ID: " + callId
                                + "\r\n",
                        lines),
                to.port);
    }

    /** All values of a header, on however many lines. */
    private static List<String> values(String message, String name) {
        return SipLine.headers(message, name).stream()
                .flatMap(line -> Stream.of(line.split(",(?=\\s*[<\"])", -1)))
                .map(String::trim)
                .toList();
    }

    private String answerTo(String callId) {
        String answer = user.next();
        while (!UdpPeer.header(answer, "Call-ID").equals(callId) || answer.startsWith("SIP/2.0 1")) {
            answer = user.next();
        }
        return answer;
    }

    private void nodeSends(SipHost through, String method, String uri, String callId, String toTag, List<String> routes)
            throws Exception {
        List<String> lines =
                new ArrayList<>(routes.stream().map(route -> "Route: " + route).toList());
        lines.add("Contact: <sip:" + node.address() + ">");
        node.send(
                request(
                        method,
                        uri,
                        "UDP",
                        node.address(),
                        "From: <sip:c@example.org>;tag=n1\r\nTo: <sip:alice@example.org>" + toTag + "\r\nCall-ID: "
                                + callId + "\r\n",
                        lines.toArray(String[]::new)),
                through.port);
    }

    private String nodeGets(String start) throws Exception {
        String message = node.next();
        while (!message.startsWith(start)) {
            message = node.next();
        }
        return message;
    }

    private String userGets(String method) {
        String message = user.next();
        while (!message.startsWith(method + ' ')) {
            message = user.next();
        }
        return message;
    }

    private static String answer(String request, int status, String... more) {
        List<String> lines = new ArrayList<>(List.of(more));
        values(request, "Record-Route").forEach(value -> lines.add("Record-Route: " + value));
        String answer = UdpNode.answerAsReceived(request, status);
        String added = String.join("", lines.stream().map(line -> line + "\r\n").toList());
        return answer.replace("Content-Length: 0\r\n", added + "Content-Length: 0\r\n");
    }

    /** The node calls; the user takes it, and both send within the dialog: all by the one connection. */
    private void call(SipHost through, String uri, String callId, List<String> routes) throws Exception {
        nodeSends(through, "INVITE", uri, callId, "", routes);
        String invite = userGets("INVITE");
        assertThat(invite).startsWith("INVITE " + CONTACT + " SIP/2.0");
        user.reply(answer(invite, 200, "Contact: <" + CONTACT + ">"));
        String ok = nodeGets("SIP/2.0 200");
        List<String> back = new ArrayList<>(values(ok, "Record-Route"));
        Collections.reverse(back);
        nodeSends(through, "ACK", CONTACT, callId, ";tag=node", back);
        assertThat(UdpPeer.header(userGets("ACK"), "Call-ID")).isEqualTo(callId);
        nodeSends(through, "INFO", CONTACT, callId, ";tag=node", back);
        String info = userGets("INFO");
        user.reply(answer(info, 200));
        assertThat(UdpPeer.header(nodeGets("SIP/2.0 200"), "CSeq")).endsWith("INFO");
        bye(invite, callId);
    }

    private void bye(String invite, String callId) throws Exception {
        List<String> lines = new ArrayList<>(values(invite, "Record-Route").stream()
                .map(route -> "Route: " + route)
                .toList());
        user.reply(request(
                "BYE",
                "sip:" + node.address(),
                "TCP",
                "192.0.2.9:5099",
                "From: <sip:alice@example.org>;tag=node\r\nTo: <sip:c@example.org>;tag=n1\r\nCall-ID: " + callId
                        + "\r\n",
                lines.toArray(String[]::new)));
        String bye = nodeGets("BYE ");
        node.send(answer(bye, 200), portOf(bye));
        assertThat(answerTo(callId)).startsWith("SIP/2.0 200");
    }

    /** Where a request's topmost Via wants its answer. */
    private static int portOf(String request) {
        String via = UdpPeer.header(request, "Via").split("[;,]", 2)[0];
        return Integer.parseInt(via.substring(via.lastIndexOf(':') + 1).trim());
    }

    /** Fails when Path or Record-Route lacks the token, when another connection is opened, or when a dead one is looked for. */
    @Test
    void byPath_theNodeReachesTheUser_untilTheConnectionIsClosed() throws Exception {
        HaProxy proxy = proxy(first, Registrations.toNodesByPath());
        register(first, "r1", "Contact: <" + CONTACT + ">", "Supported: path, outbound");
        String register = nodeGets("REGISTER ");
        List<String> path = values(register, "Path");
        assertThat(path).singleElement().asString().endsWith("@127.0.0.1:" + first.port + ";lr;ob>");
        node.send(answer(register, 200, "Contact: <" + CONTACT + ">;expires=600", "Path: " + path.get(0)), first.port);
        assertThat(answerTo("r1")).startsWith("SIP/2.0 200");

        call(first, CONTACT, "c1", path);

        nodeSends(first, "INVITE", CONTACT, "c2", "", List.of(forged(path.get(0))));
        assertThat(nodeGets("SIP/2.0 4")).startsWith("SIP/2.0 403");

        user.close();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        String last = "";
        for (int i = 0; !last.startsWith("SIP/2.0 430"); i++) {
            assertThat(System.nanoTime())
                    .as("after the end of the connection: " + last)
                    .isLessThan(deadline);
            nodeSends(first, "MESSAGE", CONTACT, "m" + i, "", path);
            last = node.poll(500).orElse(last);
        }
        assertThat(proxy.mishaps()).isZero();
    }

    private static String forged(String path) {
        char digit = path.charAt(20);
        return path.substring(0, 20) + (digit == '0' ? '1' : '0') + path.substring(21);
    }

    @Test
    void byStore_theNodeReachesTheUserThroughAnotherProxy() throws Exception {
        Registrations answered = Registrations.toStore(store, List.of("127.0.0.1"));
        HaProxy one = proxy(first, answered);
        HaProxy other = proxy(second, answered);
        register(first, "r1", "Contact: <" + CONTACT + ">;expires=600");
        String ok = answerTo("r1");
        assertThat(ok).startsWith("SIP/2.0 200");
        assertThat(UdpPeer.header(ok, "Contact")).startsWith("<" + CONTACT + ">;expires=");
        call(first, ALICE.uri(), "c1", List.of());
        call(second, ALICE.uri(), "c2", List.of());
        assertThat(one.mishaps() + other.mishaps()).isZero();
    }

    @Test
    void aStrangersCall_neverGoesByAToken() throws Exception {
        proxy(first, Registrations.toStore(store, List.of("127.0.0.1")));
        register(first, "r1", "Contact: <" + CONTACT + ">");
        assertThat(answerTo("r1")).startsWith("SIP/2.0 200");
        String path = store.find(ALICE)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .get(0)
                .path()
                .get(0);
        UdpPeer stranger = opened.add(new UdpPeer());
        stranger.send(
                request(
                        "MESSAGE",
                        CONTACT,
                        "UDP",
                        stranger.address(),
                        "From: <sip:x@example.org>;tag=x\r\nTo: <sip:alice@example.org>\r\nCall-ID: x\r\n",
                        "Route: <" + path + ">"),
                first.port);
        assertThat(stranger.nextFinal()).startsWith("SIP/2.0 403");

        stranger.send(
                request(
                        "INFO",
                        CONTACT,
                        "UDP",
                        stranger.address(),
                        "From: <sip:x@example.org>;tag=x\r\nTo: <sip:alice@example.org>;tag=y\r\nCall-ID: y\r\n",
                        "Route: " + forged("<" + path + ">"),
                        "Route: <sip:127.0.0.1:" + second.port + ";lr>"),
                first.port);
        assertThat(stranger.nextFinal()).as("to a proxy that trusts this one").startsWith("SIP/2.0 403");
    }

    @Test
    void ownRegistrar_answersAsTheRfcSays() throws Exception {
        proxy(first, Registrations.toStore(store, List.of("127.0.0.1")));
        register(first, "r1", "Contact: <" + CONTACT + ">;expires=10");
        assertThat(UdpPeer.header(answerTo("r1"), "Min-Expires")).isEqualTo("60");
        register(first, "r2", "Contact: <" + CONTACT + ">", "Require: gruu");
        String unknown = answerTo("r2");
        assertThat(unknown).startsWith("SIP/2.0 420");
        assertThat(UdpPeer.header(unknown, "Unsupported")).isEqualTo("gruu");
        register(first, "r3", "Contact: <" + CONTACT + ">;q=0.5", "Contact: <sip:alice@192.0.2.8>;q=0.7");
        assertThat(values(answerTo("r3"), "Contact")).hasSize(2);
        register(first, "r4", "Contact: *");
        assertThat(answerTo("r4")).startsWith("SIP/2.0 400");
        register(first, "r5");
        assertThat(values(answerTo("r5"), "Contact")).hasSize(2);
        register(first, "r6", "Contact: *", "Expires: 0");
        String gone = answerTo("r6");
        assertThat(gone).startsWith("SIP/2.0 200").doesNotContain("Contact:");
        assertThat(store.find(ALICE).toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEmpty();
        assertThat(node.poll(1)).as("what a node sees of it").isEmpty();
    }

    @Test
    void ownRegistrar_whenSomebodyElseComes_refuses() throws Exception {
        proxy(first, Registrations.toStore(store, List.of("192.0.2.0/24")));
        register(first, "r1", "Contact: <" + CONTACT + ">");
        assertThat(answerTo("r1")).startsWith("SIP/2.0 403");
        assertThat(store.find(ALICE).toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEmpty();
    }

    /** Fails when a refused REGISTER is kept, or the wished expiry instead of the granted one. */
    @Test
    void both_keepWhatTheNodeAccepted() throws Exception {
        proxy(first, Registrations.toNodesAndStore(store));
        register(first, "r1", "Contact: <" + CONTACT + ">;expires=3600");
        node.send(answer(nodeGets("REGISTER "), 401, "WWW-Authenticate: Digest realm=\"a\",nonce=\"b\""), first.port);
        assertThat(answerTo("r1")).startsWith("SIP/2.0 401");
        assertThat(store.find(ALICE).toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEmpty();
        register(first, "r1", "Contact: <" + CONTACT + ">;expires=3600");
        node.send(answer(nodeGets("REGISTER "), 200, "Contact: <" + CONTACT + ">;expires=300"), first.port);
        assertThat(answerTo("r1")).startsWith("SIP/2.0 200");
        List<ContactBinding> kept = new ArrayList<>();
        Soon.await(() -> kept.addAll(store.find(ALICE).toCompletableFuture().join()), "the contact in the store");
        assertThat(kept.get(0).expires()).isBetween(Duration.ofSeconds(200), Duration.ofSeconds(300));
        assertThat(kept.get(0).node()).contains(NodeId.of("fs1"));
        call(first, ALICE.uri(), "c1", List.of());
    }
}
