package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the answer to a BYE leaves: who has it repeats nothing, so that nobody would tell the other routers any more. */
class ByeAnswerTest {
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Opened opened = new Opened();
    private SipHost host;
    private UdpPeer node;
    private UdpPeer caller;
    private ScriptedRouter router;
    private HaProxy proxy;

    @BeforeEach
    void begin() throws Exception {
        host = opened.add(new SipHost());
        node = opened.add(new UdpPeer());
        caller = opened.add(new UdpPeer());
        Node owner = Node.of("fs1", "sip:127.0.0.1:" + node.port());
        router = new ScriptedRouter(owner);
        router.memory.put("c1", owner);
        proxy = opened.add(new HaProxy(host.provider, router).start());
    }

    @AfterEach
    void end() throws Exception {
        opened.close();
    }

    /** Fails when the answer does not wait: it would be there before that to what is asked afterwards. */
    @ParameterizedTest
    @ValueSource(ints = {200, 481})
    void theAnswer_leavesWhenTheOthersCanKnow(int status) throws Exception {
        router.written = new CompletableFuture<>();
        caller.send(request("BYE", 2), host.port);
        String bye = node.nextRequest("BYE");
        long answeredAtNanos = System.nanoTime();
        node.send(UdpNode.response(bye, status), host.port);
        caller.send(request("INFO", 3), host.port);
        node.send(UdpNode.response(node.nextRequest("INFO"), 200), host.port);
        String first = caller.nextFinal();
        if (first.contains("CSeq: 3 INFO")) {
            router.written.complete(null);
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 " + status).contains("CSeq: 2 BYE");
        } else { // this machine was busy for longer than the answer waits
            assertThat(System.nanoTime() - answeredAtNanos).isGreaterThanOrEqualTo(MOST_NANOS);
        }
        assertThat(router.ended).hasSize(1);
    }

    /** Fails when a store that never answers keeps a caller waiting, or the request for ever. */
    @Test
    void theAnswer_waitsForAStoreThatSaysNothing_onlyAWhile() throws Exception {
        router.written = new CompletableFuture<>();
        caller.send(request("BYE", 2), host.port);
        String bye = node.nextRequest("BYE");
        long answeredAtNanos = System.nanoTime();
        node.send(UdpNode.response(bye, 200), host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 200").contains("CSeq: 2 BYE");
        assertThat(System.nanoTime() - answeredAtNanos).isGreaterThanOrEqualTo(MOST_NANOS);
        assertThat(router.written).isNotDone();
        assertThat(proxy.pending()).isZero();
    }

    private String request(String method, int number) {
        return method + " sip:b@" + node.address() + " SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address()
                + ";branch=z9hG4bK" + number + "\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>;tag=2"
                + "\r\nCall-ID: c1\r\nCSeq: " + number + " " + method
                + "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    }
}
