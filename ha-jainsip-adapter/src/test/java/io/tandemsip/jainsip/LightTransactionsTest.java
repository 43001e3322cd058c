package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.Failure;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sip.SipFactory;
import javax.sip.SipProvider;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 3261 section 17 against a peer of plain datagrams, with a clock of the test's own. */
class LightTransactionsTest implements TransactionUser {
    private static final String OURS = "z9hG4bKtdtest.1";

    private final AtomicLong nanos = new AtomicLong();
    private final TimerWheel wheel = new TimerWheel(nanos::get);
    private final BlockingQueue<ServerLeg> legs = new LinkedBlockingQueue<>();
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<Request> acks = new LinkedBlockingQueue<>();
    private final BlockingQueue<Response> responses = new LinkedBlockingQueue<>();
    private final BlockingQueue<Failure> losses = new LinkedBlockingQueue<>();
    private final Names names = new Names(InetAddress::getAllByName, new PeerLanes(System::nanoTime), System::nanoTime);
    private SipHost host;
    private DatagramSocket peer;
    private LightTransactions light;
    private Replies replies;
    private Target target;

    @BeforeEach
    void begin() throws Exception {
        Properties inOrder = HaProxyStack.properties("light-" + System.nanoTime());
        inOrder.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", "1");
        host = new SipHost(inOrder);
        peer = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        peer.setSoTimeout(10_000);
        SipFactory factory = SipFactory.getInstance();
        light = new LightTransactions(
                StackDatagrams.of(List.of(host.provider), names).orElseThrow(),
                new JainTransactions(factory.createAddressFactory(), factory.createHeaderFactory()),
                wheel);
        replies = new Replies(Messages.MESSAGES, Messages.HEADERS, new Branches(1));
        target = new Target(
                ListeningSides.of(List.of(host.provider), "")
                        .by(Transport.UDP, host.provider)
                        .orElseThrow(),
                Optional.of(new SipDestination("127.0.0.1", peer.getLocalPort(), Transport.UDP)));
        light.start(this);
    }

    @AfterEach
    void end() {
        light.stop();
        names.close();
        peer.close();
        host.close();
    }

    @Override
    public void onRequest(Request request, SipProvider provider, ServerLeg leg) {
        requests.add(request);
        legs.add(leg);
    }

    @Override
    public void onAck(Request ack, SipProvider provider) {
        acks.add(ack);
    }

    @Override
    public void onResponse(Response response, SipProvider provider) {
        responses.add(response);
    }

    @Override
    public void onLost(String branch, Failure failure) {
        losses.add(failure);
    }

    private void advance(int millis) {
        for (int passed = 0; passed < millis; passed += TimerWheel.TICK_MILLIS) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(TimerWheel.TICK_MILLIS));
            wheel.turn();
        }
    }

    private String request(String method, String branch, String cseqMethod) {
        return method + " sip:b@127.0.0.1:" + host.port + " SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.1:" + peer.getLocalPort() + ";branch=" + branch + "\r\n"
                + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>\r\n"
                + "Call-ID: call-1\r\nCSeq: 1 " + cseqMethod + "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    }

    private void tell(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        peer.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), host.port));
    }

    private String hear() throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        peer.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("nothing came").isNotNull();
        return next;
    }

    /** What the peer got until now: a question of its own is answered last. */
    private List<String> heardSoFar() throws Exception {
        String branch = "z9hG4bK-mark-" + nanos.get() + '-' + System.nanoTime();
        tell(request(Request.OPTIONS, branch, Request.OPTIONS));
        Request mark = next(requests);
        next(legs).send(replies.own(mark, 200));
        List<String> heard = new ArrayList<>();
        for (String text = hear(); !text.contains(branch); text = hear()) {
            heard.add(text.substring(0, text.indexOf("\r\n")));
        }
        return heard;
    }

    private ServerLeg invited() throws Exception {
        tell(request(Request.INVITE, "z9hG4bK-1", Request.INVITE));
        return next(legs);
    }

    /** Fails when who looks at bytes names a transaction otherwise than who has it parsed. */
    @Test
    void request_isKnownByItsBytes_onceItCame() throws Exception {
        String invite = request(Request.INVITE, "z9hG4bK-Known", Request.INVITE);
        byte[] bytes = invite.getBytes(StandardCharsets.US_ASCII);
        RawVia via = RawRequest.of(new DatagramPacket(bytes, bytes.length))
                .flatMap(RawRequest::via)
                .orElseThrow();
        assertThat(light.knows(via.branch(), via.host(), via.port(), Request.INVITE))
                .isFalse();
        tell(invite);
        next(legs);
        assertThat(light.knows(via.branch(), via.host(), via.port(), Request.INVITE))
                .isTrue();
        assertThat(light.knows(via.branch(), via.host(), via.port(), Request.MESSAGE))
                .isFalse();
    }

    private Request sending(String method) throws Exception {
        return Messages.MESSAGES.createRequest(request(method, OURS, method)
                .replace("Max-Forwards", "Route: <sip:127.0.0.1:" + peer.getLocalPort() + ";lr>\r\nMax-Forwards"));
    }

    @Test
    void aRequest_isGivenOnce_andAnsweredAgainWithWhatWasSaidLast() throws Exception {
        ServerLeg leg = invited();
        Request request = next(requests);
        tell(request(Request.INVITE, "z9hG4bK-1", Request.INVITE)); // before any answer: absorbed
        assertThat(heardSoFar()).isEmpty();
        leg.send(replies.own(request, 100));
        tell(request(Request.INVITE, "z9hG4bK-1", Request.INVITE));
        assertThat(heardSoFar()).containsExactly("SIP/2.0 100 Trying", "SIP/2.0 100 Trying");
        assertThat(requests).isEmpty();
    }

    @Test
    void aRefusal_isRepeatedUntilItsAck_whichGoesNoFurther() throws Exception {
        ServerLeg leg = invited();
        leg.send(replies.own(next(requests), 486));
        advance(3_600);
        tell(request(Request.INVITE, "z9hG4bK-1", Request.INVITE));
        assertThat(heardSoFar()).hasSize(5).allMatch("SIP/2.0 486 Busy here"::equalsIgnoreCase);
        tell(request(Request.ACK, "z9hG4bK-1", Request.ACK));
        assertThat(heardSoFar()).isEmpty();
        advance(4_000);
        tell(request(Request.ACK, "z9hG4bK-1", Request.ACK));
        assertThat(heardSoFar()).isEmpty();
        assertThat(acks).isEmpty();
        advance(40_000);
        assertThat(light.size()).isZero();
    }

    @Test
    void aRefusal_thatIsNeverAcknowledged_isOverAfter32Seconds() throws Exception {
        invited().send(replies.own(next(requests), 503));
        advance(31_900);
        assertThat(light.size()).isOne();
        advance(200);
        assertThat(light.size()).isZero();
        assertThat(heardSoFar()).hasSize(11);
    }

    @Test
    void a2xx_isNotRepeatedHere_andItsAckGoesOn() throws Exception {
        ServerLeg leg = invited();
        Request request = next(requests);
        leg.send(replies.own(request, 200));
        advance(5_000);
        tell(request(Request.INVITE, "z9hG4bK-1", Request.INVITE));
        assertThat(heardSoFar()).containsExactly("SIP/2.0 200 OK");
        leg.send(replies.own(request, 200)); // of another branch, or again: RFC 6026
        leg.send(replies.own(request, 486));
        assertThat(heardSoFar()).containsExactly("SIP/2.0 200 OK");
        tell(request(Request.ACK, "z9hG4bK-2", Request.ACK));
        next(acks);
        tell(request(Request.ACK, "z9hG4bK-1", Request.ACK)); // of a peer that knows no better
        next(acks);
    }

    @Test
    void anAnsweredRequest_absorbsRepetitionsFor32Seconds() throws Exception {
        tell(request(Request.BYE, "z9hG4bK-9", Request.BYE));
        next(legs).send(replies.own(next(requests), 200));
        advance(20_000);
        tell(request(Request.BYE, "z9hG4bK-9", Request.BYE));
        assertThat(heardSoFar()).containsExactly("SIP/2.0 200 OK", "SIP/2.0 200 OK");
        assertThat(requests).isEmpty();
        advance(33_000);
        assertThat(light.size()).isZero();
    }

    /** Fails when the branch alone names a transaction that is as in RFC 2543. */
    @Test
    void aBranchWithoutTheMagicCookie_isToldByItsCallAndNumber() throws Exception {
        for (String branch : List.of("1", "z9hG4bK")) {
            String text = request(Request.BYE, branch, Request.BYE);
            Request old = Messages.MESSAGES.createRequest(text);
            assertThat(light.onRequest(old, host.provider)).isTrue();
            assertThat(light.onRequest(Messages.MESSAGES.createRequest(text), host.provider))
                    .isTrue();
            assertThat(requests).as("a repetition is absorbed").hasSize(1);
            Request other = Messages.MESSAGES.createRequest(text.replace("Call-ID: ", "Call-ID: other-"));
            assertThat(light.onRequest(other, host.provider)).isTrue();
            assertThat(requests).hasSize(2);
            requests.clear();
            assertThat(light.onResponse(Messages.MESSAGES.createResponse(200, old), host.provider))
                    .isFalse();
        }
    }

    @Test
    void anInvite_isRepeated_andLostAfter32Seconds() throws Exception {
        ClientLeg leg = light.open(sending(Request.INVITE), target);
        leg.send();
        advance(31_900);
        assertThat(losses).isEmpty();
        assertThat(heardSoFar()).hasSize(7);
        advance(200);
        assertThat(next(losses)).isEqualTo(Failure.timeout());
        advance(40_000); // the marks too
        assertThat(light.size()).isZero();
    }

    @Test
    void anInviteThatRings_isNotRepeated_andARefusalIsAcknowledgedEachTime() throws Exception {
        ClientLeg leg = light.open(sending(Request.INVITE), target);
        leg.send();
        String invite = hear();
        tell(UdpNode.response(invite, 180));
        assertThat(next(responses).getStatusCode()).isEqualTo(180);
        advance(60_000);
        assertThat(heardSoFar()).isEmpty();
        tell(UdpNode.response(invite, 486));
        assertThat(next(responses).getStatusCode()).isEqualTo(486);
        String ack = hear();
        assertThat(ack)
                .startsWith("ACK sip:b@127.0.0.1:" + host.port)
                .contains("branch=" + OURS, "tag=node", "CSeq: 1 ACK", "Route: <sip:127.0.0.1:");
        tell(UdpNode.response(invite, 486));
        assertThat(hear()).isEqualTo(ack);
        assertThat(heardSoFar()).isEmpty();
        assertThat(responses).isEmpty();
        advance(40_000);
        assertThat(light.size()).isZero();
    }

    @Test
    void a2xx_goesOnEachTime() throws Exception {
        light.open(sending(Request.INVITE), target).send();
        String invite = hear();
        tell(UdpNode.response(invite, 200));
        tell(UdpNode.response(invite, 200));
        assertThat(next(responses).getStatusCode()).isEqualTo(200);
        assertThat(next(responses).getStatusCode()).isEqualTo(200);
        assertThat(light.size()).isZero();
    }

    @Test
    void anotherRequest_isRepeatedUntilItsAnswer_whichIsGivenOnce() throws Exception {
        light.open(sending(Request.BYE), target).send();
        advance(3_600);
        String bye = hear();
        assertThat(heardSoFar()).hasSize(3);
        tell(UdpNode.response(bye, 200));
        tell(UdpNode.response(bye, 200));
        assertThat(next(responses).getStatusCode()).isEqualTo(200);
        assertThat(heardSoFar()).isEmpty();
        advance(8_000);
        assertThat(heardSoFar()).isEmpty();
        assertThat(responses).isEmpty();
        advance(40_000);
        assertThat(light.size()).isZero();
    }

    @Test
    void aCancel_hasATransactionOfItsOwn() throws Exception {
        ClientLeg leg = light.open(sending(Request.INVITE), target);
        leg.send();
        String invite = hear();
        tell(UdpNode.response(invite, 180));
        next(responses);
        leg.cancel();
        String cancel = hear();
        assertThat(cancel).startsWith("CANCEL ").contains("branch=" + OURS, "CSeq: 1 CANCEL");
        advance(600);
        assertThat(hear()).isEqualTo(cancel);
        tell(UdpNode.response(cancel, 200));
        assertThat(heardSoFar()).isEmpty();
        advance(10_000);
        assertThat(heardSoFar()).isEmpty();
        assertThat(SipText.cseqMethod(next(responses))).isEqualTo(Request.CANCEL);
        assertThat(responses).isEmpty();
        tell(UdpNode.response(invite, 487));
        assertThat(next(responses).getStatusCode()).isEqualTo(487);
        leg.cancel(); // too late: nothing is sent
        assertThat(hear()).startsWith("ACK ");
        assertThat(heardSoFar()).isEmpty();
    }

    @Test
    void aBranchThatIsGivenUp_isSilent_andWhatComesLateIsPassedOn() throws Exception {
        ClientLeg leg = light.open(sending(Request.INVITE), target);
        leg.giveUp();
        leg.send();
        assertThat(heardSoFar()).isEmpty();
        leg = light.open(sending(Request.INVITE), target);
        leg.send();
        String invite = hear();
        leg.giveUp();
        leg.giveUp();
        advance(40_000);
        assertThat(heardSoFar()).isEmpty();
        tell(UdpNode.response(invite, 200));
        next(responses);
        assertThat(losses).isEmpty();
    }

    /** Fails when the next hop is looked up again in what was made of the request for a strict router (RFC 3261 section 16.6 step 6). */
    @Test
    void aRequestByAStrictRouter_isRepeatedCancelledAndAcknowledgedThere() throws Exception {
        try (DatagramSocket beyond = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            String text = request(Request.INVITE, OURS, Request.INVITE)
                    .replace("sip:b@127.0.0.1:" + host.port, "sip:b@127.0.0.1:" + beyond.getLocalPort())
                    .replace("Max-Forwards", "Route: <sip:127.0.0.1:" + peer.getLocalPort() + ">\r\nMax-Forwards");
            ClientLeg leg =
                    light.open(Messages.MESSAGES.createRequest(text), new Target(target.side(), Optional.empty()));
            leg.send();
            String invite = hear();
            assertThat(invite).startsWith("INVITE sip:127.0.0.1:" + peer.getLocalPort());
            advance(600);
            assertThat(hear()).isEqualTo(invite);
            tell(UdpNode.response(invite, 180));
            next(responses);
            leg.cancel();
            assertThat(hear()).startsWith("CANCEL sip:127.0.0.1:" + peer.getLocalPort());
            tell(UdpNode.response(invite, 487));
            next(responses);
            assertThat(hear()).startsWith("ACK sip:127.0.0.1:" + peer.getLocalPort());
        }
    }

    /** Fails when a CANCEL whose INVITE is kept no more is sent once, so that one lost datagram has a phone ring on. */
    @Test
    void aCancelOfWhatIsKeptNoMore_isRepeatedUntilItIsAnswered() throws Exception {
        light.send(sending(Request.CANCEL), target);
        String cancel = hear();
        advance(600);
        assertThat(hear()).isEqualTo(cancel);
        tell(UdpNode.response(cancel, 200));
        assertThat(SipText.cseqMethod(next(responses))).isEqualTo(Request.CANCEL);
        advance(10_000);
        assertThat(heardSoFar()).isEmpty();
    }
}
