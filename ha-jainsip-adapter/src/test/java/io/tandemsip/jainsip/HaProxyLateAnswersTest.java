package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers to an INVITE that come twice, late, or from several phones behind a node. */
class HaProxyLateAnswersTest {
    private final Opened opened = new Opened();
    private SipHost host;
    private UdpPeer node;
    private UdpPeer caller;
    private ScriptedRouter router;

    @BeforeEach
    void open() throws Exception {
        Properties nearlyInOrder = HaProxyStack.properties("late-" + System.nanoTime());
        nearlyInOrder.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", "2");
        host = opened.add(new SipHost(nearlyInOrder));
        node = opened.add(new UdpPeer());
        caller = opened.add(new UdpPeer());
        router = new ScriptedRouter(Node.of("fs1", "sip:" + node.address()));
        opened.add(new HaProxy(host.provider, router).start());
    }

    @AfterEach
    void close() throws Exception {
        opened.close();
    }

    private String request(String method, String branch, String more) {
        return method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address() + ";branch=z9hG4bK"
                + branch
                + "\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>\r\nCall-ID: late\r\nCSeq: 1 "
                + method + "\r\nContact: <sip:" + caller.address() + ">\r\n" + more + "Content-Length: 0\r\n\r\n";
    }

    private String invited() throws Exception {
        caller.send(request("INVITE", "i", "Max-Forwards: 70\r\n"), host.port);
        return node.nextRequest("INVITE");
    }

    private String accepted(String invite, String tag) {
        return UdpNode.response(
                        invite,
                        200,
                        "Record-Route: " + UdpPeer.header(invite, "Record-Route"),
                        "Contact: <sip:" + node.address() + ">")
                .replace(";tag=node", ";tag=" + tag);
    }

    /** What the caller got until an own question of his was answered, which is dealt with after all that was sent before. */
    private List<String> heardSoFar() throws IOException {
        List<String> heard = new CopyOnWriteArrayList<>();
        caller.send(request("OPTIONS", "mark", "Max-Forwards: 0\r\n"), host.port);
        for (String each = caller.next(); !each.startsWith("SIP/2.0 483"); each = caller.next()) {
            heard.add(each.substring(0, each.indexOf("\r\n")));
        }
        return heard;
    }

    /**
     * Fails when the copy of an answer passes the first on its way, and the caller's BYE is there before the router knows that there
     * is a call: then nobody ends it.
     */
    @Test
    void aCopyOfTheAnswer_doesNotReachTheCallerBeforeTheRouterKnows() throws Exception {
        String invite = invited();
        CompletableFuture<List<String>> before = new CompletableFuture<>();
        router.beforeAnswered = () -> {
            try {
                node.send(accepted(invite, "one"), host.port);
                before.complete(heardSoFar());
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        };
        node.send(accepted(invite, "one"), host.port);
        assertThat(before.get(20, TimeUnit.SECONDS)).noneMatch(each -> each.startsWith("SIP/2.0 200"));
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
    }

    /** Fails when of the phones that answer a call which is over one is hung up, and the others talk to nobody. */
    @Test
    void eachPhoneThatAnswersAfterACancel_isHungUp() throws Exception {
        String invite = invited();
        node.send(UdpNode.response(invite, 180), host.port);
        while (!caller.next().startsWith("SIP/2.0 180")) {
            // 100
        }
        caller.send(request("CANCEL", "i", "Max-Forwards: 70\r\n"), host.port);
        assertThat(node.nextRequest("CANCEL")).contains("Call-ID: late");
        Set<String> hungUp = new HashSet<>();
        for (String tag : List.of("one", "two", "one", "three")) {
            node.send(accepted(invite, tag), host.port);
            assertThat(node.nextRequest("ACK")).contains(";tag=" + tag);
            if (hungUp.add(tag)) {
                String bye = node.nextRequest("BYE");
                assertThat(bye).contains(";tag=" + tag);
                node.send(UdpNode.answerAsReceived(bye, 200), host.port);
            }
        }
    }

    /** Fails when a CANCEL that comes after the answer is told that there was nothing to cancel (RFC 3261 section 9.2). */
    @Test
    void aCancelThatCrossesTheAnswer_isAgreedTo() throws Exception {
        node.send(UdpNode.response(invited(), 486), host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 486");
        caller.send(request("CANCEL", "i", "Max-Forwards: 70\r\n"), host.port);
        String answer = caller.nextFinal();
        while (!answer.contains("CSeq: 1 CANCEL")) {
            answer = caller.nextFinal();
        }
        assertThat(answer).startsWith("SIP/2.0 200");
    }
}
