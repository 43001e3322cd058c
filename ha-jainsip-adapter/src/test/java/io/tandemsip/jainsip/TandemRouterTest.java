package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt.State;
import io.tandemsip.node.Node;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sip.ClientTransaction;
import javax.sip.SipException;
import javax.sip.TransactionUnavailableException;
import javax.sip.message.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TandemRouterTest {
    private static Properties properties(String name) {
        Properties properties = HaProxyStack.properties(name);
        properties.setProperty("javax.sip.ROUTER_PATH", TandemRouter.class.getName());
        return properties;
    }

    /** A node that tells what reached it. */
    private static UdpNode node(CompletableFuture<String> reached) throws Exception {
        return new UdpNode(request -> {
            reached.complete(request.lines().findFirst().orElse(""));
            return List.of();
        });
    }

    private static SipDoor doorTo(int port, SipHost host) {
        return SipDoor.of(new ScriptedRouter(Node.of("fs" + port, "sip:127.0.0.1:" + port)), host.provider);
    }

    private static Request invite(SipHost from, String uri) throws Exception {
        Request invite = Messages.MESSAGES.createRequest("INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:"
                + from.port + ";branch=z9hG4bKown" + from.port
                + "\r\nVia: SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bKin\r\n"
                + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>\r\nCall-ID: call-1\r\nCSeq: 1 INVITE\r\n"
                + "Contact: <sip:a@127.0.0.9:5099>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
        return invite;
    }

    private static void send(SipHost from, String uri) throws Exception {
        ClientTransaction transaction = from.provider.getNewClientTransaction(invite(from, uri));
        transaction.sendRequest();
    }

    /** Fails when two stacks share what decides. */
    @Test
    void getNextHop_inTwoStacksOfOneProcess_eachAsksItsOwnDoor() throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        try (UdpNode one = node(first);
                UdpNode two = node(second);
                SipHost left = new SipHost(properties("left"));
                SipHost right = new SipHost(properties("right"))) {
            doorTo(one.port(), left).attachTo(left.stack);
            doorTo(two.port(), right).attachTo(right.stack);
            send(left, "sip:left@example.invalid");
            send(right, "sip:right@example.invalid");
            assertThat(first.get(10, TimeUnit.SECONDS)).contains("sip:left@");
            assertThat(second.get(10, TimeUnit.SECONDS)).contains("sip:right@");
        }
    }

    @Test
    void getNextHop_beforeADoorIsAttached_isTheStacksOwn() throws Exception {
        CompletableFuture<String> reached = new CompletableFuture<>();
        try (UdpNode node = node(reached);
                SipHost host = new SipHost(properties("alone"))) {
            send(host, "sip:b@127.0.0.1:" + node.port());
            assertThat(reached.get(10, TimeUnit.SECONDS)).contains("INVITE");
        }
    }

    /** A dialog from before, or of a node's own. Fails when Tandem answers for what is none of its business. */
    @Test
    void getNextHop_ofADialogThatIsNotTandems_isTheStacksOwn() throws Exception {
        CompletableFuture<String> reached = new CompletableFuture<>();
        try (UdpNode node = node(reached);
                SipHost host = new SipHost(properties("strange"))) {
            doorTo(1, host).attachTo(host.stack);
            Request bye = Messages.request("BYE", "sip:b@127.0.0.1:" + node.port(), "Max-Forwards: 70");
            bye.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", host.port, "UDP", "z9hG4bKbye"));
            host.provider.getNewClientTransaction(bye).sendRequest();
            assertThat(reached.get(10, TimeUnit.SECONDS)).startsWith("BYE");
        }
    }

    @Test
    void getNextHop_whenNobodyTakesTheCall_tellsTheHostWhatToAnswer() throws Exception {
        try (SipHost host = new SipHost(properties("refusing"))) {
            SipDoor.of(new ScriptedRouter(), host.provider).attachTo(host.stack);
            assertThatThrownBy(() -> host.provider.getNewClientTransaction(invite(host, "sip:b@example.invalid")))
                    .isInstanceOf(TransactionUnavailableException.class)
                    .rootCause()
                    .isInstanceOfSatisfying(CallRefusedException.class, refused -> {
                        assertThat(refused.statusCode()).isEqualTo(503);
                        assertThat(refused.retryAfter()).hasSeconds(7);
                    });
        }
    }

    @Test
    void getNextHop_changesNothing_andTheSameRequestGoesToTheSameNode() throws Exception {
        try (SipHost host = new SipHost(properties("same"))) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.11:5080;transport=tcp"));
            SipDoor.of(router, host.provider).attachTo(host.stack);
            Request invite = invite(host, "sip:b@example.invalid");
            String before = invite.toString();
            TandemRouter asked = TandemRouter.of(host.stack);
            assertThat(asked.getNextHop(invite)).hasToString("127.0.0.11:5080/tcp");
            assertThat(asked.getNextHop(invite)).hasToString("127.0.0.11:5080/tcp");
            assertThat(router.attempts).hasSize(1);
            assertThat(invite).hasToString(before);
        }
    }

    @Test
    void attachTo_aStackWithAnotherRouter_saysWhichPropertyIsMissing() throws Exception {
        try (SipHost host = new SipHost()) {
            assertThatThrownBy(() -> doorTo(1, host).attachTo(host.stack))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("javax.sip.ROUTER_PATH=" + TandemRouter.class.getName());
        }
    }

    @Test
    void atStart_itSaysThatItCannotFailOver() {
        assertThat(TandemRouter.limits(true, false)).contains("can't fail over").doesNotContain("around");
        assertThat(TandemRouter.limits(false, false))
                .contains("can't fail over")
                .contains("without around(listener)");
    }

    /** What is static outlives stacks. Fails when a registry is put in. */
    @Test
    void nothingStatic_canHoldAStack() {
        assertThat(Arrays.stream(TandemRouter.class.getDeclaredFields())
                        .filter(field -> Modifier.isStatic(field.getModifiers()))
                        .map(field -> field.getType().getSimpleName()))
                .containsOnly("Logger");
    }

    /** Nobody tells the answers: fails when a call is never taken for up, or never for over. */
    @Test
    void getNextHop_withoutAListenerAround_learnsFromAckAndBye() throws Exception {
        try (SipHost host = new SipHost(properties("unwatched"))) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.11:5080"));
            SipDoor.of(router, host.provider).attachTo(host.stack);
            TandemRouter asked = TandemRouter.of(host.stack);
            asked.getNextHop(invite(host, "sip:b@example.invalid"));
            assertThat(router.memory).as("no clock runs for a silent node").isEmpty();
            Request ack = Messages.request("ACK", "sip:b@127.0.0.11:5080");
            ack.setHeader(Messages.HEADERS.createCSeqHeader(1L, "ACK"));
            asked.getNextHop(ack);
            assertThat(router.attempts.element().state()).isEqualTo(State.ANSWERED);
            asked.getNextHop(Messages.request("BYE", "sip:b@127.0.0.11:5080"));
            assertThat(router.ended).containsExactly("OTHER");
        }
    }

    @Test
    void anAckOfADialogThatIsGone_isNotSent() throws Exception {
        try (SipHost host = new SipHost(properties("gone"))) {
            doorTo(1, host).attachTo(host.stack);
            Request ack = Messages.request(
                    "ACK",
                    "sip:b@127.0.0.1:9",
                    "Route: <sip:127.0.0.1:" + host.port + ";lr;td=unknown;tc=" + RouteMark.markOf("caller") + ">");
            assertThatThrownBy(() -> TandemRouter.of(host.stack).getNextHop(ack))
                    .isInstanceOf(SipException.class);
        }
    }
}
