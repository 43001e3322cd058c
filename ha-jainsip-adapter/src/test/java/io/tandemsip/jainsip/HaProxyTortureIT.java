package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each torture message is forwarded, answered or dropped as its RFC says; and the proxy goes on. */
class HaProxyTortureIT {
    private static final int SILENCE_MILLIS = 150;
    private static final AtomicInteger NUMBERS = new AtomicInteger(100);

    private static SipHost host;
    private static UdpNode node;
    private static UdpPeer caller;
    private static HaProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        host = new SipHost();
        node = new UdpNode(
                request -> request.startsWith("ACK") ? List.of() : List.of(UdpNode.answerAsReceived(request, 200)));
        caller = new UdpPeer();
        proxy = new HaProxy(host.provider, new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()))).start();
    }

    @AfterAll
    static void stop() {
        proxy.close();
        caller.close();
        node.close();
        host.close();
    }

    static List<TortureMessages.Case> cases() {
        return TortureMessages.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void message_isDealtWithAsItsRfcSays(TortureMessages.Case torture) throws Exception {
        while (caller.poll(1).isPresent()) {
            // what repeats from before
        }
        node.received.clear();
        caller.send(torture.message(caller.address(), "127.0.0.1:" + host.port, NUMBERS.incrementAndGet()), host.port);
        Optional<String> answer = finalAnswer(torture.expected().equals("dropped") ? SILENCE_MILLIS : 3_000);
        String outcome = answer.map(HaProxyTortureIT::status).orElse("dropped");
        if (!node.received.isEmpty() && outcome.equals("200")) {
            outcome = "forwarded";
        }
        assertThat(outcome + answer.map(text -> "\n" + text).orElse(""))
                .as("the node got %s", node.received)
                .startsWith(torture.expected());
        assertThat(answer.orElse("")).contains(torture.said());
        answer.ifPresent(HaProxyTortureIT::assertWellFormed);
        assertGoesOn();
    }

    private static Optional<String> finalAnswer(int patienceMillis) throws Exception {
        while (true) {
            Optional<String> message = caller.poll(patienceMillis);
            if (message.isEmpty() || !message.get().startsWith("SIP/2.0 1")) {
                return message;
            }
        }
    }

    private static String status(String answer) {
        return answer.substring("SIP/2.0 ".length(), "SIP/2.0 ".length() + 3);
    }

    private static void assertWellFormed(String answer) {
        String head = answer.substring(0, answer.indexOf("\r\n\r\n"));
        assertThat(head.split("\r\n", -1))
                .as(answer)
                .allMatch(line -> line.matches("(SIP/2.0 \\d{3} .*|[^\\s:]+\\s*:.*|\\s.*)"));
        assertThat(head.lines().findFirst().orElseThrow()).doesNotContain("Exception", "gov.nist", "@", "parse");
    }

    private static void assertGoesOn() throws Exception {
        String branch = "z9hG4bKcanary" + NUMBERS.incrementAndGet();
        caller.send(
                "OPTIONS sip:127.0.0.1:" + host.port + " SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address() + ";branch="
                        + branch + "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: " + branch
                        + "\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                host.port);
        String answer = caller.nextFinal();
        while (!answer.contains(branch)) {
            answer = caller.nextFinal();
        }
        assertThat(answer).startsWith("SIP/2.0 200");
    }
}
