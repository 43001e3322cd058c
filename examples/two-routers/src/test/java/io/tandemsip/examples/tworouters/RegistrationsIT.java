package io.tandemsip.examples.tworouters;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Users register at one proxy and are called through another, each proxy a process of its own, over a real store. Each user has a
 * connection that only he could open, so that a call reaches him by the proxy that has it and by no other. A call to somebody who is
 * not registered goes where its Request-URI leads, and that is somebody else, who counts them.
 */
@Timeout(300)
class RegistrationsIT {
    private static final int PATIENCE_SECONDS = 60;
    private static final int LONG_SECONDS = 1000;
    private static final String ANSWERED_HERE = "registrations: {to: store, from: [127.0.0.1]}";
    private static final String KEPT_TOO = "registrations: {to: nodes-and-store}";

    /** Where the proxies have what they share. */
    private enum Shared {
        REDIS,
        POSTGRESQL
    }

    /** Something that may fail. */
    @FunctionalInterface
    private interface Order {
        void run() throws Exception;
    }

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<RouterProcess> routers = new ArrayList<>();
    private final List<InetSocketAddress> edges = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final BlockingQueue<Wire> atNode = new LinkedBlockingQueue<>();
    private final BlockingQueue<Wire> elsewhere = new LinkedBlockingQueue<>();
    private volatile int granted = LONG_SECONDS;

    @TempDir
    Path folder;

    private UdpAgent node;
    private UdpAgent somebodyElse;
    private Order stop;
    private Order start;

    private <T extends AutoCloseable> T opened(T it) {
        opened.add(it);
        return it;
    }

    @AfterEach
    void end() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private String store(Shared shared) throws Exception {
        if (shared == Shared.REDIS) {
            RedisProcess redis = opened(RedisProcess.start());
            stop = redis::stop;
            start = redis::restart;
            return redis.store();
        }
        PostgresProcess postgres = opened(new PostgresProcess());
        stop = postgres::stop;
        start = postgres::start;
        return "postgres: {url: \"jdbc:postgresql://127.0.0.1:" + postgres.port()
                + "/postgres?user=postgres\", schema: tandem}";
    }

    private void begin(Shared shared, String registrations) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        node = opened(new UdpAgent(new InetSocketAddress(loopback, 0), this::answerOfNode));
        somebodyElse = opened(new UdpAgent(new InetSocketAddress(loopback, 0), this::answerElsewhere));
        String store = store(shared);
        int port = Loopback.udpPort(2);
        for (int number = 0; number < 2; number++) {
            edges.add(new InetSocketAddress(Loopback.router(number), Loopback.tcpPort()));
            String listen = """
                    listen:
                      - {transport: udp, host: %1$s, port: %2$d}
                      - {transport: tcp, host: %1$s, port: %3$d}""".formatted(
                            Loopback.router(number), port, edges.get(number).getPort());
            routers.add(opened(RouterProcess.listening(
                    number,
                    port,
                    listen,
                    "nodes:\n  - {id: fs1, uri: \"sip:" + node.hostAndPort() + "\"}\n",
                    """
                    edge: {trusted: [%s]}
                    store:
                      %s
                    %s
                    """.formatted(Loopback.router(1 - number), store, registrations),
                    folder)));
        }
        for (RouterProcess router : routers) {
            router.awaitReady();
        }
    }

    private String answerOfNode(Wire request) {
        switch (request.method()) {
            case "ACK":
                return "";
            case "REGISTER":
                return request.response(
                        "200 OK", "n", "Contact: " + request.header("Contact") + ";expires=" + granted + "\r\n", "");
            case "BYE":
                atNode.add(request);
                return request.response("200 OK", "", "", "");
            default:
                return request.response("200 OK", "n", "", "");
        }
    }

    private String answerElsewhere(Wire request) {
        if (request.method().equals("ACK")) {
            return "";
        }
        elsewhere.add(request);
        return request.response("404 Not Found", "e", "", "");
    }

    private ConnectedUser user(String name, int edge) throws Exception {
        return opened(new ConnectedUser(name, somebodyElse.hostAndPort(), edges.get(edge)));
    }

    // --- what the node sends

    private String request(String method, String uri, String callId, int cseq, String to, List<String> routes) {
        StringBuilder request = new StringBuilder(method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP "
                + node.hostAndPort() + ";branch=z9hG4bK" + callId + method + cseq + "\r\nMax-Forwards: 70\r\n");
        routes.forEach(route -> request.append("Route: ").append(route).append("\r\n"));
        request.append("From: <sip:node@example.org>;tag=n\r\nTo: ").append(to);
        request.append("\r\nCall-ID: " + callId + "\r\nCSeq: " + cseq + ' ' + method + "\r\n");
        request.append("Contact: <sip:" + node.hostAndPort() + ">\r\n");
        return Wire.end(request, "");
    }

    private CompletableFuture<Wire> ask(RouterProcess through, String method, ConnectedUser user, String callId) {
        String uri = user.addressOfRecord();
        return node.ask(request(method, uri, callId, 1, '<' + uri + '>', List.of()), through.sip());
    }

    private static Wire of(CompletableFuture<Wire> answer) throws Exception {
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** A call that is up; what each side has of it. */
    private record Call(RouterProcess through, ConnectedUser user, Wire invite, Wire ok) {}

    private String freshCallId() {
        return "call" + numbers.incrementAndGet();
    }

    /** The user takes it, and each side sends within the dialog. */
    private Call call(RouterProcess through, ConnectedUser user) throws Exception {
        String callId = freshCallId();
        CompletableFuture<Wire> answer = ask(through, "INVITE", user, callId);
        Wire invite = user.next("INVITE", callId);
        assertThat(invite.text()).startsWith("INVITE " + user.contact() + " SIP/2.0");
        user.send(invite.response("200 OK", "u", "Contact: <" + user.contact() + ">\r\n", ""));
        Wire ok = of(answer);
        assertThat(ok.status()).isEqualTo(200);
        node.send(request("ACK", user.contact(), callId, 1, ok.header("To"), ok.routes()), through.sip());
        user.next("ACK", callId);
        Call call = new Call(through, user, invite, ok);
        inform(call, 2);
        return call;
    }

    /** A request within the dialog, from the node to the user. */
    private void inform(Call call, int cseq) throws Exception {
        String callId = call.invite().callId();
        CompletableFuture<Wire> answer = node.ask(
                request(
                        "INFO",
                        call.user().contact(),
                        callId,
                        cseq,
                        call.ok().header("To"),
                        call.ok().routes()),
                call.through().sip());
        Wire info = call.user().next("INFO", callId);
        call.user().send(info.response("200 OK", "", "", ""));
        assertThat(of(answer).status()).isEqualTo(200);
    }

    /** The user hangs up. */
    private void hangUp(Call call) throws Exception {
        assertThat(call.user().bye(call.invite(), "u").status()).isEqualTo(200);
        Wire bye = atNode.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(bye).as("BYE at the node").isNotNull();
        assertThat(bye.callId()).isEqualTo(call.invite().callId());
    }

    private void callsBothWays(ConnectedUser user) throws Exception {
        for (RouterProcess router : routers) {
            hangUp(call(router, user));
        }
    }

    private static void assertOk(Wire answer) {
        assertThat(answer.text()).startsWith("SIP/2.0 200 ");
    }

    /** Fails when a proxy sends to the contact itself, when another proxy takes the flow for its own, or a store loses Path. */
    @ParameterizedTest
    @EnumSource
    void aCall_reachesTheUserByTheProxyThatHasTheConnection_whicheverProxyGetsIt(Shared shared) throws Exception {
        begin(shared, ANSWERED_HERE);
        ConnectedUser alice = user("alice", 0);
        ConnectedUser bob = user("bob", 1);
        assertOk(alice.register(LONG_SECONDS));
        assertOk(bob.register(LONG_SECONDS));
        callsBothWays(alice);
        callsBothWays(bob);
        alice.close();
        ConnectedUser moved = user("alice", 1);
        assertOk(moved.register(LONG_SECONDS));
        callsBothWays(moved);
        assertThat(elsewhere).as("what went to nobody's contact").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whoIsDeregisteredAtOneProxy_isNotCalledThroughAnother(Shared shared) throws Exception {
        begin(shared, ANSWERED_HERE);
        ConnectedUser alice = user("alice", 0);
        ConnectedUser bob = user("bob", 0);
        assertOk(alice.register(LONG_SECONDS));
        assertOk(bob.register(LONG_SECONDS));
        hangUp(call(routers.get(1), alice));
        assertOk(alice.register(0));
        assertGone(alice);
        hangUp(call(routers.get(1), bob));
        assertOk(bob.register("*", 0));
        assertGone(bob);
    }

    private void assertGone(ConnectedUser user) throws Exception {
        for (RouterProcess router : routers) {
            String callId = freshCallId();
            assertThat(of(ask(router, "INVITE", user, callId)).status()).isEqualTo(404);
            assertThat(elsewhere.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("who is asked instead")
                    .matches(request -> request.callId().equals(callId));
        }
    }

    /** The node grants the expiry, and what counts is the store's clock. */
    @ParameterizedTest
    @EnumSource
    void aRegistrationThatIsOver_isNotCalledThroughAnyProxy(Shared shared) throws Exception {
        begin(shared, KEPT_TOO);
        ConnectedUser alice = user("alice", 0);
        assertOk(alice.register(LONG_SECONDS));
        awaitReached(routers.get(1), alice);
        granted = 1;
        assertOk(alice.register(LONG_SECONDS));
        awaitMissed(routers.get(1), alice);
        assertGone(alice);
    }

    /** The node's 200 comes before the store has it, and a store before the proxies know of it. */
    private void awaitReached(RouterProcess through, ConnectedUser user) throws Exception {
        while (!isReached(through, user)) {
            elsewhere.clear();
        }
    }

    private void awaitMissed(RouterProcess through, ConnectedUser user) throws Exception {
        while (isReached(through, user)) {
            elsewhere.clear();
        }
        elsewhere.clear();
    }

    /** Whether a message comes to the user, who takes it, rather than to somebody else. */
    private boolean isReached(RouterProcess through, ConnectedUser user) throws Exception {
        String callId = freshCallId();
        int status = of(ask(through, "MESSAGE", user, callId)).status();
        assertThat(status).isIn(202, 404, 500);
        return status == 202;
    }

    /** Fails when a proxy waits for the store without end, or does not find back to it. */
    @ParameterizedTest
    @EnumSource
    void whileTheStoreIsAway_callsThatAreUpGoOn_andAfterwardsUsersAreReachedAgain(Shared shared) throws Exception {
        begin(shared, ANSWERED_HERE);
        ConnectedUser alice = user("alice", 0);
        assertOk(alice.register(LONG_SECONDS));
        Call up = call(routers.get(1), alice);
        stop.run();
        inform(up, 3);
        assertThat(alice.register(LONG_SECONDS).status()).isEqualTo(500);
        assertThat(of(ask(routers.get(1), "INVITE", alice, freshCallId())).status())
                .isEqualTo(500);
        hangUp(up);
        start.run();
        if (shared == Shared.POSTGRESQL) {
            awaitReached(routers.get(1), alice); // a Redis that keeps nothing has lost him
        }
        while (alice.register(LONG_SECONDS).status() != 200) {
            assertThat(elsewhere).isEmpty();
        }
        callsBothWays(alice);
    }
}
