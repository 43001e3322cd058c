package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.DialogRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests outside a dialog that only one node can serve: what follows a challenge, and what refers to a dialog. Two proxies with a
 * router each share a store; the strategy goes from node to node with each call.
 */
@Timeout(120)
class HaProxyAffinityIT {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final List<UdpNode> nodes = new ArrayList<>();
    private final List<HaRouter> routers = new ArrayList<>();
    private final List<HaProxy> proxies = new ArrayList<>();
    private final List<SipHost> hosts = new ArrayList<>();
    private UdpPeer caller;

    @BeforeEach
    void begin() throws Exception {
        for (int i = 1; i <= 3; i++) {
            String name = "fs" + i;
            nodes.add(new UdpNode(request -> answers(name, request)));
        }
        caller = new UdpPeer();
        InMemoryDialogStore store = InMemoryDialogStore.create(Ticker.system());
        for (int i = 0; i < 2; i++) {
            SipHost host = new SipHost();
            hosts.add(host);
            HaRouter router = Tandem.builder()
                    .pool("media", pool -> {
                        for (int node = 1; node <= nodes.size(); node++) {
                            pool.node(
                                    "fs" + node,
                                    "sip:127.0.0.1:" + nodes.get(node - 1).port());
                        }
                    })
                    .strategy(Strategies.roundRobin())
                    .healthPolicy(HealthPolicy.builder().observers(1).build())
                    .dialogs(store)
                    .build()
                    .start();
            routers.add(router);
            proxies.add(new HaProxy(host.provider, router).start());
            while (router.view().nodes().stream().anyMatch(node -> node.health() != HealthState.HEALTHY)) {
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    @AfterEach
    void end() {
        proxies.forEach(HaProxy::close);
        routers.forEach(HaRouter::close);
        hosts.forEach(SipHost::close);
        nodes.forEach(UdpNode::close);
        caller.close();
    }

    /** Takes no other node's challenge for its own; says its name in all that it answers. */
    private static List<String> answers(String name, String request) {
        if (request.startsWith("ACK ")) {
            return List.of();
        }
        boolean asked = request.startsWith("OPTIONS ") || request.contains("X-Open: yes");
        String credentials = UdpPeer.header(request, "Proxy-Authorization");
        int status = asked || credentials.contains(name) ? 200 : credentials.isEmpty() ? 407 : 403;
        return List.of(UdpNode.response(request, status, "Server: " + name, "Contact: <sip:" + name + "@127.0.0.1>")
                .replace(";tag=node", ";tag=" + name));
    }

    private String ask(int proxy, String method, String callId, int cseq, String... lines) throws Exception {
        StringBuilder text =
                new StringBuilder(method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address()
                        + ";branch=z9hG4bK" + NUMBERS.incrementAndGet() + "\r\n"
                        + "From: <sip:a@example.org>;tag=a-" + callId + "\r\nTo: <sip:b@example.org>\r\n"
                        + "Call-ID: " + callId + "\r\nCSeq: " + cseq + ' ' + method + "\r\nMax-Forwards: 70\r\n"
                        + "Contact: <sip:" + caller.address() + ">\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        caller.send(text + "Content-Length: 0\r\n\r\n", hosts.get(proxy).port);
        String answer;
        do {
            answer = caller.nextFinal();
        } while (!answer.contains("Call-ID: " + callId + "\r\n") || !answer.contains("CSeq: " + cseq + ' '));
        return answer;
    }

    /** What a router binds reaches the store a little later. */
    private static void awaitKnown(HaRouter router, DialogId dialog) {
        for (int i = 0; i < 1_000; i++) {
            if (router.explain(DialogRequest.of(dialog, "INFO"))
                    .toCompletableFuture()
                    .join()
                    .chosen()
                    .isPresent()) {
                return;
            }
            LockSupport.parkNanos(10_000_000);
        }
        throw new AssertionError("nobody knows " + dialog);
    }

    private static String server(String answer) {
        return UdpPeer.header(answer, "Server");
    }

    /** Fails when the strategy places what follows a challenge: two of three would be refused. */
    @Test
    void retry_afterAChallenge_reachesTheNodeThatChallenged() throws Exception {
        for (String method : List.of("INVITE", "REGISTER", "MESSAGE")) {
            for (int i = 0; i < 7; i++) {
                String callId = method + i;
                String challenge = ask(0, method, callId, 41);
                assertThat(challenge).startsWith("SIP/2.0 407");
                String answer =
                        ask(0, method, callId, 42, "Proxy-Authorization: Digest nonce=\"" + server(challenge) + '"');
                assertThat(answer).startsWith("SIP/2.0 200");
            }
        }
    }

    /** Fails when a node that challenged gets calls that it can't take. */
    @Test
    void retry_whenTheNodeWasTakenOutMeanwhile_isPlacedAsEver() throws Exception {
        String challenge = ask(0, "INVITE", "out", 1);
        routers.get(0).takeOut(server(challenge), "test").toCompletableFuture().join();
        String answer = ask(0, "INVITE", "out", 2, "X-Open: yes");
        assertThat(answer).startsWith("SIP/2.0 200");
        assertThat(server(answer)).isNotEqualTo(server(challenge));
    }

    /** Fails when such an INVITE is placed by the strategy; by whichever proxy it comes. */
    @Test
    void invite_thatNamesADialog_reachesTheNodeThatHasIt() throws Exception {
        for (int proxy = 0; proxy < 2; proxy++) {
            String callId = "named" + proxy;
            String node = server(ask(proxy, "INVITE", callId, 1, "X-Open: yes"));
            String caller = "a-" + callId;
            routers.forEach(router -> awaitKnown(router, new DialogId(callId, caller, node)));
            for (String header : List.of(
                    "Replaces: " + callId + ";to-tag=" + node + ";from-tag=" + caller,
                    "Replaces: " + callId + ";to-tag=" + caller + ";from-tag=" + node,
                    "Join: " + callId + ";to-tag=" + node + ";from-tag=" + caller,
                    "Target-Dialog: " + callId + ";local-tag=" + caller + ";remote-tag=" + node)) {
                for (int by = 0; by < 2; by++) {
                    String answer = ask(by, "INVITE", "new" + NUMBERS.incrementAndGet(), 1, "X-Open: yes", header);
                    assertThat(server(answer)).as(header).isEqualTo(node);
                }
            }
        }
    }

    @Test
    void invite_thatNamesAnUnknownDialog_isPlacedAsEver() throws Exception {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            found.add(
                    server(ask(0, "INVITE", "nobodys" + i, 1, "X-Open: yes", "Replaces: no;to-tag=" + "x;from-tag=y")));
        }
        assertThat(found).containsExactlyInAnyOrder("fs1", "fs2", "fs3");
    }

    @Test
    void invite_inReplyToACall_reachesTheNodeThatHadIt() throws Exception {
        String node = server(ask(0, "INVITE", "first", 1, "X-Open: yes"));
        for (int i = 0; i < 4; i++) {
            String answer = ask(0, "INVITE", "back" + i, 1, "X-Open: yes", "In-Reply-To: nobodys, first");
            assertThat(server(answer)).isEqualTo(node);
        }
    }
}
