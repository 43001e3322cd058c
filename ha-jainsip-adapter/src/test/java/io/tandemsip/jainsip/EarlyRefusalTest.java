package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import gov.nist.javax.sip.message.SIPMessage;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.sip.ListeningPoint;
import javax.sip.header.RetryAfterHeader;
import javax.sip.message.Response;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyRefusalTest {
    private static final String STATUS_LINE = "SIP/2.0 503 Service Unavailable\r\n";

    private final OwnLoad load = new OwnLoad(Duration.ofMillis(250), 0);
    private final RequestDraw draw = new RequestDraw(7);
    private final Set<String> known = new HashSet<>();
    private final List<DatagramPacket> answers = new ArrayList<>();
    private final EarlyRefusal refusal = new EarlyRefusal(
            load, draw, (branch, host, port, method) -> known.contains(branch + host + port + method), List.of());
    private long now;

    @BeforeEach
    void overload() {
        for (int i = 0; i < 20; i++) {
            now += 100_000_000;
            load.measured(i * 1_000_000_000L, now);
        }
        assertThat(load.shed()).isGreaterThan(0.9);
    }

    /** A branch that is refused at this load, or one that is not. */
    private String branch(boolean refused) {
        for (int i = 0; ; i++) {
            String branch = "z9hG4bK" + i;
            double part = RequestDraw.part(draw.number(branch.toLowerCase(Locale.ROOT), "call"));
            if (part < load.shed() == refused) {
                return branch;
            }
        }
    }

    private static String request(String method, String branch, String to) {
        return method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.1.1:5070;rport;branch=" + branch
                + "\r\nMax-Forwards: 70\r\nVia: SIP/2.0/UDP 10.2.2.2;branch=z9hG4bKb\r\n"
                + "From: <sip:a@example.org>;tag=a\r\nTo: " + to + "\r\nCall-ID: call\r\nCSeq: 5 " + method
                + "\r\nContent-Length: 4\r\n\r\nbody";
    }

    private String invite() {
        return request("INVITE", branch(true), "<sip:b@example.org>");
    }

    private boolean turnsAway(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        InetAddress source = InetAddress.getByAddress(new byte[] {10, 9, 9, 9});
        return refusal.turnsAway(new DatagramPacket(bytes, bytes.length, source, 4321), answers::add);
    }

    private String answer() {
        DatagramPacket only = answers.get(answers.size() - 1);
        return new String(only.getData(), 0, only.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void newCall_isAnsweredAsRfc3261Says() throws Exception {
        assertThat(turnsAway(invite())).isTrue();
        assertThat(answer())
                .startsWith(STATUS_LINE + "Via: SIP/2.0/UDP 10.1.1.1:5070;rport=4321;branch=" + branch(true)
                        + ";received=10.9.9.9\r\nVia: SIP/2.0/UDP 10.2.2.2;branch=z9hG4bKb\r\n"
                        + "From: <sip:a@example.org>;tag=a\r\nCall-ID: call\r\nCSeq: 5 INVITE\r\n"
                        + "To: <sip:b@example.org>;tag=tdx")
                .endsWith("\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n");
        assertThat(answers.get(0).getAddress().getHostAddress()).isEqualTo("10.9.9.9");
        assertThat(answers.get(0).getPort()).isEqualTo(4321);
        SIPMessage parsed = new CarefulParserFactory()
                .createMessageParser(null)
                .parseSIPMessage(answers.get(0).getData(), true, true, null);
        assertThat(((Response) parsed).getStatusCode()).isEqualTo(503);
        assertThat(Replies.isShed(SipText.toTag(parsed))).isTrue();
        assertThat(((RetryAfterHeader) parsed.getHeader(RetryAfterHeader.NAME)).getRetryAfter())
                .isEqualTo(5);
    }

    /** Fails when the tag of a refusal changes: RFC 3261 section 8.2.7 wants each repetition to get the same. */
    @Test
    void repeated_isRefusedInTheSameWords() throws Exception {
        turnsAway(invite());
        String first = answer();
        turnsAway(invite());
        assertThat(answer()).isEqualTo(first);
    }

    @Test
    void withoutRport_theAnswerGoesToWhatViaSays() throws Exception {
        assertThat(turnsAway(invite().replace(";rport", ""))).isTrue();
        assertThat(answers.get(0).getPort()).isEqualTo(5070);
        assertThat(turnsAway(invite().replace(";rport", "").replace("10.1.1.1:5070", "10.9.9.9")))
                .isTrue();
        assertThat(answers.get(1).getPort()).isEqualTo(ListeningPoint.PORT_5060);
        assertThat(answer()).doesNotContain("received");
    }

    @Test
    void newRequestOfAnyMethod_isRefused() throws Exception {
        assertThat(turnsAway(request("MESSAGE", branch(true), "<sip:b@example.org>")))
                .isTrue();
        assertThat(answer()).startsWith(STATUS_LINE);
    }

    @Test
    void ackOfARefusal_endsHere() throws Exception {
        turnsAway(invite());
        String to = UdpPeer.header(answer(), "To");
        answers.clear();
        assertThat(turnsAway(request("ACK", branch(true), to))).isTrue();
        assertThat(answers).isEmpty();
    }

    /** Fails when one of these is refused: each matters more than a new call. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "BYE | <sip:b@example.org>;tag=b",
                "INVITE | <sip:b@example.org>;tag=b",
                "ACK | <sip:b@example.org>;tag=b",
                "CANCEL | <sip:b@example.org>",
                "INVITE | <sip:b@example.org>\r\nResource-Priority: esnet.0",
                "INVITE | <sip:b@example.org>\r\n ;x=y"
            })
    void whatIsNotNew_orUrgent_orUnusual_passes(String request) throws Exception {
        String[] parts = request.split(" \\| ", -1);
        assertThat(turnsAway(request(parts[0], branch(true), parts[1]))).isFalse();
        assertThat(answers).isEmpty();
    }

    @Test
    void emergencyCall_passes() throws Exception {
        assertThat(turnsAway(invite().replaceFirst("sip:b@example.org", "urn:service:sos")))
                .isFalse();
    }

    /** Fails when a call that was admitted is refused once its INVITE is repeated. */
    @Test
    void repetitionOfWhatWasAdmitted_passes() throws Exception {
        known.add(branch(true).toLowerCase(Locale.ROOT) + "10.1.1.1" + 5070 + "INVITE");
        assertThat(turnsAway(invite())).isFalse();
    }

    @Test
    void whatDrewBetter_passes() throws Exception {
        assertThat(turnsAway(request("INVITE", branch(false), "<sip:b@example.org>")))
                .isFalse();
    }

    @Test
    void withoutOverload_allPass() throws Exception {
        for (int i = 0; i < 300; i++) {
            now += 100_000_000;
            load.measured(0, now);
        }
        assertThat(load.shed()).isZero();
        assertThat(turnsAway(request("INVITE", "z9hG4bK1", "<sip:b@example.org>")))
                .isFalse();
    }
}
