package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.Failure;
import io.tandemsip.node.Node;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sip.ClientTransaction;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.ServerTransaction;
import javax.sip.SipProvider;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.address.SipURI;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** A host that knows nothing of fail-over, on a real stack, with nodes that do as they are told. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class FailingOverTest {
    /** Forwards by transactions, and keeps what belongs together in their application data, as old hosts do. */
    private static final class Host extends QuietListener {
        final List<Integer> seen = new CopyOnWriteArrayList<>();
        final List<ClientTransaction> sentBy = new CopyOnWriteArrayList<>();
        final List<Exception> broke = new CopyOnWriteArrayList<>();
        private final SipDoor door;
        private final int port;
        private volatile ServerTransaction invite;

        Host(SipDoor door, int port) {
            this.door = door;
            this.port = port;
        }

        @Override
        public void processRequest(RequestEvent event) {
            try {
                Request request = event.getRequest();
                SipProvider provider = (SipProvider) event.getSource();
                if (request.getMethod().equals(Request.CANCEL)) {
                    event.getServerTransaction().sendResponse(Messages.MESSAGES.createResponse(200, request));
                    ClientTransaction by = (ClientTransaction) invite.getApplicationData();
                    provider.getNewClientTransaction(by.createCancel()).sendRequest();
                } else if (request.getMethod().equals(Request.INVITE)) {
                    invite = provider.getNewServerTransaction(request);
                    forward(provider, request);
                }
            } catch (Exception broken) {
                broke.add(broken);
            }
        }

        private void forward(SipProvider provider, Request request) throws Exception {
            SipWay way = door.route(request);
            Request copy = (Request) request.clone();
            SipURI own = (SipURI) Messages.route("<sip:127.0.0.1:" + port + ";lr>")
                    .getAddress()
                    .getURI();
            copy.addFirst(Messages.HEADERS.createHeader("Record-Route", '<' + own.toString() + '>'));
            copy.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", port, "udp", "z9hG4bKhost"));
            ClientTransaction by = provider.getNewClientTransaction(way.prepare(copy));
            by.setApplicationData(invite);
            invite.setApplicationData(by);
            sentBy.add(by);
            by.sendRequest();
        }

        @Override
        public void processResponse(ResponseEvent event) {
            try {
                Response response = event.getResponse();
                seen.add(response.getStatusCode());
                if (event.getClientTransaction() == null || response.getStatusCode() == 100) {
                    return;
                }
                assertThat(sentBy).contains(event.getClientTransaction());
                assertThat(SipText.branch(response)).isEqualTo("z9hg4bkhost");
                Response copy = (Response) response.clone();
                copy.removeFirst(ViaHeader.NAME);
                ((ServerTransaction) event.getClientTransaction().getApplicationData()).sendResponse(copy);
            } catch (Exception | AssertionError broken) {
                broke.add(new IllegalStateException(broken));
            }
        }

        @Override
        public void processTransactionTerminated(TransactionTerminatedEvent event) {
            if (!event.isServerTransaction() && !sentBy.contains(event.getClientTransaction())) {
                String method = event.getClientTransaction().getRequest().getMethod();
                if (method.equals(Request.INVITE)) {
                    broke.add(new IllegalStateException("was told of a transaction that is none of its own"));
                }
            }
        }
    }

    /** One host, two nodes, one caller. */
    private static final class Rig implements AutoCloseable {
        final SipHost stack;
        final UdpPeer one = new UdpPeer();
        final UdpPeer two = new UdpPeer();
        final UdpPeer caller = new UdpPeer();
        final ScriptedRouter router =
                new ScriptedRouter(Node.of("fs1", "sip:" + one.address()), Node.of("fs2", "sip:" + two.address()));
        final Host host;
        final ListenerAround around;

        Rig(boolean withDialogs) throws Exception {
            Properties properties = HaProxyStack.properties("failing-over-" + System.nanoTime());
            properties.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", "1"); // else a 200 may overtake its 180
            if (withDialogs) {
                properties.setProperty("javax.sip.AUTOMATIC_DIALOG_SUPPORT", "on");
            }
            stack = new SipHost(properties);
            SipDoor door = SipDoor.of(router, stack.provider);
            host = new Host(door, stack.port);
            around = door.aroundFailingOver(host);
            stack.provider.addSipListener(around);
        }

        void callerSends(String method) throws Exception {
            caller.send(
                    method + " sip:b@" + one.address() + " SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address()
                            + ";branch=z9hG4bKcaller\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>\r\nCall-ID: moved\r\n"
                            + "CSeq: 1 " + method + "\r\nContact: <sip:a@" + caller.address()
                            + ">\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                    stack.port);
        }

        void answers(UdpPeer node, String request, String status) throws Exception {
            StringBuilder text = new StringBuilder("SIP/2.0 " + status + "\r\n");
            request.lines()
                    .filter(line -> line.matches("(?i)(via|record-route|from|to|call-id|cseq):.*"))
                    .map(line -> line.startsWith("To:") && !line.contains("tag=") ? line + ";tag=" + node.port() : line)
                    .forEach(line -> text.append(line).append("\r\n"));
            node.send(text + "Contact: <sip:b@" + node.address() + ">\r\nContent-Length: 0\r\n\r\n", stack.port);
        }

        /** The first node failed the call, and the second has it. */
        String moved(String first) throws Exception {
            answers(one, first, "503 Service Unavailable");
            return two.nextRequest("INVITE");
        }

        @Override
        public void close() {
            around.close();
            stack.close();
            one.close();
            two.close();
            caller.close();
        }
    }

    /** Fails when the host hears of the failure, sees another transaction than its own, or the cookie names the first node. */
    @Test
    void whatANodeFails_goesOnAtTheNext_andTheHostSeesItsOwnTransaction() throws Exception {
        try (Rig rig = new Rig(false)) {
            rig.callerSends("INVITE");
            String first = rig.one.nextRequest("INVITE");
            assertThat(UdpPeer.header(first, "Record-Route")).contains("td=fs1");
            String second = rig.moved(first);
            assertThat(UdpPeer.header(second, "Record-Route"))
                    .contains("td=fs2")
                    .doesNotContain("td=fs1");
            assertThat(second).startsWith("INVITE sip:b@" + rig.two.address());
            assertThat(rig.one.nextRequest("ACK"))
                    .as("the refusal is acknowledged")
                    .isNotEmpty();
            rig.answers(rig.two, second, "180 Ringing");
            rig.answers(rig.two, second, "200 OK");
            assertThat(rig.caller.nextFinal()).startsWith("SIP/2.0 200");
            assertThat(rig.host.seen).contains(180, 200).doesNotContain(503);
            assertThat(rig.host.broke).isEmpty();
        }
    }

    @Test
    void cancel_reachesTheNodeThatHasTheCallByThen() throws Exception {
        try (Rig rig = new Rig(false)) {
            rig.callerSends("INVITE");
            String second = rig.moved(rig.one.nextRequest("INVITE"));
            rig.answers(rig.two, second, "180 Ringing");
            String ringing = rig.caller.next();
            while (!ringing.startsWith("SIP/2.0 180")) {
                ringing = rig.caller.next();
            }
            rig.callerSends("CANCEL");
            String cancel = rig.two.nextRequest("CANCEL");
            rig.answers(rig.two, cancel, "200 OK");
            rig.answers(rig.two, second, "487 Request Terminated");
            String answer = rig.caller.nextFinal();
            while (!UdpPeer.header(answer, "CSeq").endsWith("INVITE")) {
                answer = rig.caller.nextFinal();
            }
            assertThat(answer).startsWith("SIP/2.0 487");
        }
    }

    /** Fails when a caller can get two answers of two nodes. */
    @Test
    void answerOfANodeThatWasGivenUp_isHungUp() throws Exception {
        try (Rig rig = new Rig(false)) {
            rig.callerSends("INVITE");
            String first = rig.one.nextRequest("INVITE");
            rig.router.advice().accept(new Failure.NodeLost("silent"));
            rig.answers(rig.two, rig.two.nextRequest("INVITE"), "200 OK");
            assertThat(rig.caller.nextFinal()).startsWith("SIP/2.0 200");
            String ack = "";
            for (int i = 0; i < 20 && !ack.startsWith("ACK "); i++) { // as a node repeats its 2xx
                rig.answers(rig.one, first, "200 OK");
                ack = rig.one.poll(500).orElse("");
            }
            assertThat(ack).startsWith("ACK ").contains("tag=" + rig.one.port());
            assertThat(rig.one.nextRequest("BYE")).contains("tag=" + rig.one.port());
            assertThat(rig.host.seen).containsOnlyOnce(200);
        }
    }

    @Test
    void whenAllNodesFail_theHostIsToldByItsOwnTransaction() throws Exception {
        try (Rig rig = new Rig(false)) {
            rig.callerSends("INVITE");
            rig.answers(rig.two, rig.moved(rig.one.nextRequest("INVITE")), "503 Service Unavailable");
            assertThat(rig.caller.nextFinal()).startsWith("SIP/2.0 503");
            assertThat(rig.host.broke).isEmpty();
        }
    }

    /** Fails when a request goes on that the stack's dialog holds to the first transaction. */
    @Test
    void onAStackWithAutomaticDialogs_theFailureIsTheHosts() throws Exception {
        try (Rig rig = new Rig(true)) {
            rig.callerSends("INVITE");
            rig.answers(rig.one, rig.one.nextRequest("INVITE"), "503 Service Unavailable");
            assertThat(rig.caller.nextFinal()).startsWith("SIP/2.0 503");
            assertThat(rig.host.seen).contains(503);
        }
    }
}
