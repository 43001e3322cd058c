package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.store.InMemoryLocationStore;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node calls a user with several phones, each a UDP socket that says what it is told to. */
@Timeout(120)
class HaProxyForkIT {
    private static final String USER = "sip:alice@example.org";

    private final InMemoryLocationStore store = InMemoryLocationStore.create(Ticker.system());
    private final Opened opened = new Opened();
    private final List<UdpPeer> phones = new ArrayList<>();
    private UdpPeer node;
    private HaRouter router;
    private SipHost host;
    private HaProxy proxy;

    @BeforeEach
    void open() throws Exception {
        node = opened.add(new UdpPeer());
        host = opened.add(new SipHost());
        router = opened.add(Tandem.builder()
                .pool("media", pool -> pool.node("fs1", "sip:127.0.0.1:" + node.port()))
                .probe((each, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .build()
                .start());
        Soon.await(
                () -> router.view().nodes().stream().allMatch(each -> each.health() == HealthState.HEALTHY), "health");
    }

    /** P4: whatever happened, nothing is left of it. */
    @AfterEach
    void close() throws Exception {
        try {
            Soon.await(() -> proxy.pending() == 0, "nothing is under way");
            assertThat(proxy.mishaps()).isZero();
        } finally {
            opened.close();
            store.close();
        }
    }

    private void start(Registrations registrations, String... qualities) throws Exception {
        proxy = opened.add(HaProxy.builder(router)
                .provider(host.provider)
                .registrations(registrations)
                .build()
                .start());
        for (String quality : qualities) {
            UdpPeer phone = opened.add(new UdpPeer());
            phones.add(phone);
            phone.send(
                    "REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + phone.address()
                            + ";branch=z9hG4bKr\r\nMax-Forwards: 70\r\nFrom: <" + USER + ">;tag=r\r\nTo: <" + USER
                            + ">\r\nCall-ID: r" + phone.port() + "\r\nCSeq: 1 REGISTER\r\nContact: <sip:alice@"
                            + phone.address() + ">;q=" + quality + "\r\nContent-Length: 0\r\n\r\n",
                    host.port);
            assertThat(phone.nextFinal()).startsWith("SIP/2.0 200");
        }
    }

    private void start(String... qualities) throws Exception {
        start(Registrations.toStore(store, List.of("127.0.0.1")), qualities);
    }

    private void awaitCalls(int count) {
        Soon.await(
                () -> router.view().nodes().stream()
                                .mapToInt(NodeSnapshot::calls)
                                .sum()
                        == count,
                count + " calls");
    }

    private void nodeSends(String method, String toTag, String... lines) throws IOException {
        StringBuilder text = new StringBuilder(method + ' ' + USER + " SIP/2.0\r\nVia: SIP/2.0/UDP " + node.address()
                + ";branch=z9hG4bKcall\r\nMax-Forwards: 70\r\nFrom: <sip:n@example.org>;tag=n\r\nTo: <" + USER + '>'
                + toTag + "\r\nCall-ID: call\r\nCSeq: 1 " + method + "\r\nContact: <sip:" + node.address() + ">\r\n");
        List.of(lines).forEach(line -> text.append(line).append("\r\n"));
        node.send(text + "Content-Length: 0\r\n\r\n", host.port);
    }

    private void invite(String... lines) throws IOException {
        nodeSends("INVITE", "", lines);
    }

    /** What a phone says to its INVITE; each has a tag of its own. */
    private void says(int phone, String request, int status, String... lines) throws IOException {
        List<String> all = new ArrayList<>(List.of(lines));
        SipLine.headers(request, "Record-Route").forEach(value -> all.add("Record-Route: " + value));
        all.add("Contact: <sip:alice@" + phones.get(phone).address() + ">");
        String added = String.join("", all.stream().map(line -> line + "\r\n").toList());
        phones.get(phone)
                .send(
                        UdpNode.answerAsReceived(request, status)
                                .replace(";tag=node", ";tag=phone" + phone)
                                .replace("Content-Length: 0\r\n", added + "Content-Length: 0\r\n"),
                        host.port);
    }

    private String rings(int phone) throws IOException {
        String invite = phones.get(phone).nextRequest("INVITE");
        says(phone, invite, 180);
        nodeGets(180, phone);
        return invite;
    }

    private String nodeGets(int status, int phone) throws IOException {
        String message = nodeGets(status);
        while (!message.contains(";tag=phone" + phone)) {
            message = nodeGets(status);
        }
        return message;
    }

    private String nodeGets(int status) throws IOException {
        String message = node.next();
        while (!message.startsWith("SIP/2.0 " + status)) {
            assertThat(message).as("while " + status + " is expected").startsWith("SIP/2.0 1");
            message = node.next();
        }
        return message;
    }

    /** The phone agrees to the CANCEL, and its INVITE ends. */
    private void isCancelled(int phone, String invite) throws IOException {
        says(phone, phones.get(phone).nextRequest("CANCEL"), 200);
        says(phone, invite, 487);
        phones.get(phone).nextRequest("ACK");
    }

    private void nodeAcknowledges(int phone) throws IOException {
        nodeSends("ACK", ";tag=phone" + phone);
    }

    /** Fails when contacts are tried one after the other, when the others are not cancelled, or a lower q rings as well. */
    @Test
    void phonesOfTheSameQ_ringAtOnce_andTheFirstThatAnswersHasTheCall() throws Exception {
        start("0.7", "0.7", "0.3");
        invite();
        String first = rings(0);
        String second = rings(1);
        awaitCalls(1);
        says(1, second, 200);
        nodeGets(200, 1);
        isCancelled(0, first);
        assertThat(phones.get(2).poll(1)).as("what the phone of a lower q gets").isEmpty();
        awaitCalls(1);
    }

    @Test
    void aPhoneThatRingsAfterTheAnswer_isCancelledThen() throws Exception {
        start("1", "1");
        invite();
        String first = phones.get(0).nextRequest("INVITE");
        String second = rings(1);
        says(1, second, 200);
        nodeGets(200, 1);
        says(0, first, 180);
        isCancelled(0, first);
        assertThat(node.poll(1)).as("what the node hears of it").isEmpty();
    }

    /** Fails when a 2xx that crosses the CANCEL is ended here, or swallowed. */
    @Test
    void whenTwoAnswer_bothAnswersReachTheCaller() throws Exception {
        start("1", "1");
        invite();
        String first = rings(0);
        String second = rings(1);
        says(0, first, 200);
        nodeGets(200, 0);
        says(1, second, 200);
        nodeGets(200, 1);
        says(1, phones.get(1).nextRequest("CANCEL"), 481);
        Soon.await(() -> proxy.pending() == 0, "both branches are over");
        says(1, second, 200);
        assertThat(nodeGets(200, 1)).as("again, as nobody acknowledged it").contains(";tag=phone1");
        assertThat(phones.get(1).poll(1))
                .as("what the phone gets from the proxy itself")
                .isEmpty();
    }

    @Test
    void whenOneDeclinesForAll_theOthersAreCancelledBeforeTheCallerHears() throws Exception {
        start("1", "1", "0.5");
        invite();
        String first = rings(0);
        String second = rings(1);
        says(0, first, 603);
        isCancelled(1, second);
        nodeGets(603, 0);
        nodeAcknowledges(0);
        assertThat(phones.get(2).poll(1)).as("what the next phone gets").isEmpty();
        awaitCalls(0);
    }

    @Test
    void whenNobodyIsThere_theNextRing() throws Exception {
        start("1", "1", "0.5");
        invite();
        says(0, rings(0), 480);
        says(1, rings(1), 404);
        says(2, rings(2), 200);
        nodeGets(200, 2);
        awaitCalls(1);
    }

    @Test
    void whenAllSayNo_theCallerGetsTheBest() throws Exception {
        start("1", "1", "1");
        invite();
        String first = rings(0);
        String second = rings(1);
        says(2, rings(2), 503);
        says(0, first, 404);
        says(1, second, 486);
        nodeGets(486, 1);
        nodeAcknowledges(1);
        awaitCalls(0);
    }

    /** RFC 3261 section 16.7 step 7. */
    @Test
    void challenges_areGathered() throws Exception {
        start("1", "1");
        invite();
        String first = rings(0);
        says(1, rings(1), 401, "WWW-Authenticate: Digest realm=\"one\",nonce=\"b\"");
        says(0, first, 401, "WWW-Authenticate: Digest realm=\"other\",nonce=\"b\"");
        String challenge = nodeGets(401);
        nodeAcknowledges(challenge.contains(";tag=phone0") ? 0 : 1);
        assertThat(challenge).contains("realm=\"one\"").contains("realm=\"other\"");
        awaitCalls(0);
    }

    @Test
    void whenTheCallerGivesUp_allAreCancelled_andWhoAnswersAllTheSameIsHungUp() throws Exception {
        start("1", "1");
        invite();
        String first = rings(0);
        String second = rings(1);
        nodeSends("CANCEL", "");
        nodeGets(200);
        nodeGets(487);
        isCancelled(0, first);
        says(1, phones.get(1).nextRequest("CANCEL"), 200);
        says(1, second, 200);
        phones.get(1).nextRequest("ACK");
        says(1, phones.get(1).nextRequest("BYE"), 200);
        awaitCalls(0);
    }

    /** RFC 5393: what may be asked at once is divided among those who are. */
    @Test
    void maxBreadth_isDivided() throws Exception {
        start("1", "1");
        invite("Max-Breadth: 5");
        says(0, checked(0, "2"), 486);
        says(1, checked(1, "2"), 486);
        nodeGets(486);
    }

    private String checked(int phone, String breadth) throws IOException {
        String invite = phones.get(phone).nextRequest("INVITE");
        assertThat(UdpPeer.header(invite, "Max-Breadth")).isEqualTo(breadth);
        return invite;
    }

    @Test
    void withoutBreadth_nobodyIsCalled() throws Exception {
        start("1", "1");
        invite("Max-Breadth: 0");
        nodeGets(440);
        awaitCalls(0);
        assertThat(phones.get(0).poll(1)).isEmpty();
    }

    @Test
    void whereOneRingsAtATime_theNextWaits() throws Exception {
        start(Registrations.toStore(store, List.of("127.0.0.1")).withContactsAtOnce(1), "1", "1");
        invite();
        UdpPeer ringing = null;
        int other = 0;
        while (ringing == null) {
            for (int phone = 0; phone < 2 && ringing == null; phone++) {
                String first = phones.get(phone).poll(20).orElse("");
                if (first.startsWith("INVITE ")) {
                    ringing = phones.get(phone);
                    other = 1 - phone;
                    assertThat(phones.get(other).poll(1)).isEmpty();
                    says(phone, first, 480);
                }
            }
        }
        says(other, rings(other), 486);
        nodeGets(486, other);
    }
}
