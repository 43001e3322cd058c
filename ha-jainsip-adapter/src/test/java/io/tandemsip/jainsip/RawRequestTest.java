package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import gov.nist.core.CommonLogger;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.parser.MessageParser;
import gov.nist.javax.sip.parser.ParseExceptionListener;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawRequestTest {
    private static final String VIA = "Via: SIP/2.0/UDP h.example.org:5070;branch=z9hG4bKa;rport\r\n";
    private static final String REST = "From: \"A\" <sip:a@example.org>;tag=a\r\nTo: <sip:b@example.org>\r\n"
            + "Call-ID: c@1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
    private static final String LINE = "INVITE sip:b@example.org SIP/2.0\r\n";

    private static DatagramPacket packet(byte[] bytes) {
        return new DatagramPacket(bytes, bytes.length);
    }

    private static DatagramPacket packet(String text) {
        return packet(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isRefusable(String text) {
        return RawRequest.of(packet(text)).filter(RawRequest::isRefusable).isPresent();
    }

    @Test
    void newCall_isRefusable_andNotUrgent() {
        RawRequest request = RawRequest.of(packet(LINE + VIA + REST)).orElseThrow();
        assertThat(request.isRefusable()).isTrue();
        assertThat(RawRequest.isUrgent(packet(LINE + VIA + REST))).isFalse();
        assertThat(request.method()).isEqualTo("INVITE");
        assertThat(request.callId()).isEqualTo("c@1");
        assertThat(request.via())
                .contains(new RawVia(VIA.substring(5).strip(), "h.example.org", 5070, "z9hg4bka", true));
    }

    @Test
    void compactNames_areTheSame() {
        String compact = LINE + "v  :SIP/2.0/UDP h;branch=z9hG4bKa\r\nf: <sip:a@x>;tag=a\r\nt: <sip:b@x>\r\ni:c\r\n"
                + "cseq: 1 INVITE\r\n\r\n";
        RawRequest request = RawRequest.of(packet(compact)).orElseThrow();
        assertThat(request.isRefusable()).isTrue();
        assertThat(request.callId()).isEqualTo("c");
        assertThat(request.via()).map(RawVia::host).contains("h");
    }

    /** Fails when one of these could be refused by its bytes; all but the last go before new calls. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "To: <sip:b@example.org>;tag=b",
                "To: <sip:b@example.org> ; TAG = b",
                "t: sip:b@example.org;x=y;tag=b",
                "Resource-Priority: esnet.0\r\nTo: <sip:b@example.org>"
            })
    void withinADialog_orWithPriority_isUrgent(String to) {
        String text = LINE + VIA + REST.replace("To: <sip:b@example.org>", to);
        assertThat(isRefusable(text)).isFalse();
        assertThat(RawRequest.isUrgent(packet(text))).isTrue();
    }

    @Test
    void emergencyCall_ack_andResponse_areUrgent() {
        String sos = LINE.replace("sip:b@example.org", "URN:service:sos.fire") + VIA + REST;
        String ack = (LINE + VIA + REST).replace("INVITE", "ACK");
        assertThat(isRefusable(sos)).isFalse();
        assertThat(RawRequest.isUrgent(packet(sos))).isTrue();
        assertThat(isRefusable(ack)).isFalse();
        assertThat(RawRequest.isUrgent(packet(ack))).isTrue();
        assertThat(RawRequest.isUrgent(packet("SIP/2.0 200 OK\r\n\r\n"))).isTrue();
    }

    /** Fails when a CANCEL is dealt with before its INVITE, which waits. */
    @Test
    void cancel_isNeitherRefusable_norUrgent() {
        String cancel = (LINE + VIA + REST).replace("INVITE", "CANCEL");
        assertThat(isRefusable(cancel)).isFalse();
        assertThat(RawRequest.isUrgent(packet(cancel))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\r\n\r\n",
                "INVITE sip:b@example.org SIP/2.0",
                "INVITE sip:b@example.org SIP/2.0\r\n\r\n",
                "INVITE  SIP/2.0\r\n" + VIA + REST,
                "INVITE sip:b SIP/3.0\r\n" + VIA + REST,
                "INVITE sip:b c SIP/2.0\r\n" + VIA + REST,
                "invite sip:b SIP/2.0\r\n" + VIA + REST,
                "MESSAGE sip:b@example.org SIP/2.0\r\n" + VIA + REST,
                LINE + REST,
                LINE + VIA + "X: 1\r\n ;folded\r\n" + REST,
                LINE + VIA + "X: 1\n" + REST,
                LINE + VIA + "X: \0\r\n" + REST,
                LINE + VIA + "X\r\n" + REST,
                LINE + VIA + "To: <sip:c@example.org>\r\n" + REST,
                LINE + VIA + "Call-ID: another\r\n" + REST,
                LINE + VIA + "From: <sip:a@example.org>\r\nTo: <sip:b@example.org>\r\nCall-ID: c\r\n\r\n",
                LINE + VIA + "From: <sip:a@example.org>\r\nTo: <sip:b@example.org>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
            })
    void unusual_isLeftToTheParser(String text) {
        assertThat(RawRequest.of(packet(text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SIP/2.0/TCP h;branch=z9hG4bKa",
                "SIP/2.0/UDP h",
                "SIP/2.0/UDP h;branch=1",
                "SIP/2.0/UDP h;branch=z9hG4bK",
                "SIP/2.0/UDP h;branch=z9hG4bKa;maddr=10.0.0.1",
                "SIP/2.0/UDP h;branch=z9hG4bKa;received=10.0.0.1",
                "SIP/2.0/UDP h;branch=z9hG4bKa;rport=5",
                "SIP/2.0/UDP h;branch=z9hG4bKa;oc;oc-algo=loss",
                "SIP/2.0/UDP h:0;branch=z9hG4bKa",
                "SIP/2.0/UDP h:65536;branch=z9hG4bKa",
                "SIP/2.0/UDP h:5x;branch=z9hG4bKa",
                "SIP/2.0/UDP ;branch=z9hG4bKa",
                "SIP/2.0/UDP h;branch=z9hG4bKa, SIP/2.0/UDP i;branch=z9hG4bKb",
                "SIP/2.0/UDP h;branch=z9hG4bKa;x=\"y\"",
                "SIP/2.0/UDP h;branch=z9hG4bKa (\\",
                "SIP/2.0/UDP h;branch=z9hG4bKa;branch=z9hG4bKb",
                "SIP/2.0/UDP h;branch=z9hG4bKa;;lr",
                "SIP/2.0/UDP h;branch=z9hG4bKa;x=",
                "SIP/2.0/UDP h ;branch=z9hG4bKa"
            })
    void unusualVia_isLeftToTheParser(String via) {
        assertThat(RawVia.of(via)).isEmpty();
    }

    /** As a stack sets it when it is made: without one the parser looks for log4j. */
    @BeforeContainer
    static void giveTheParserALogger() {
        CommonLogger.legacyLogger = new Slf4jStackLogger();
    }

    /** Empty also if there is a header in it that the parser leaves out. */
    private static Optional<SIPMessage> parsed(byte[] bytes) {
        MessageParser parser = new CarefulParserFactory().createMessageParser(null);
        AtomicBoolean whole = new AtomicBoolean(true);
        ParseExceptionListener listener = (broken, message, header, text, all) -> whole.set(false);
        try {
            SIPMessage message = parser.parseSIPMessage(bytes.clone(), true, false, listener);
            return Optional.ofNullable(message).filter(read -> whole.get());
        } catch (ParseException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Fails when bytes are read otherwise than the parser reads them: what it finds a To tag in is refused, or a transaction has another
     * name. As when readTo looks for ";tag" alone.
     */
    @Property(tries = 20)
    void whateverComes_isReadAsTheParserReadsIt(@ForAll long seed) {
        SipFuzzer fuzzer = new SipFuzzer(seed, "127.0.0.1:5099", "127.0.0.1:5098");
        int compared = 0;
        for (int i = 0; i < 500; i++) {
            byte[] bytes = fuzzer.next();
            Optional<RawRequest> raw = RawRequest.of(packet(bytes)).filter(RawRequest::isRefusable);
            Optional<SIPMessage> message = parsed(bytes);
            if (raw.isPresent() && message.isPresent()) {
                compare(raw.get(), message.get());
                compared++;
            }
        }
        assertThat(compared).isPositive();
    }

    private static void compare(RawRequest raw, SIPMessage message) {
        assertThat(message).isInstanceOf(Request.class);
        assertThat(SipText.toTag(message)).isEmpty();
        assertThat(SipMessages.isPriority((Request) message)).isFalse();
        assertThat(((Request) message).getMethod()).isEqualTo(raw.method());
        assertThat(SipText.callId(message)).isEqualTo(raw.callId());
        raw.via().ifPresent(via -> {
            ViaHeader top = (ViaHeader) message.getHeader(ViaHeader.NAME);
            assertThat(SipText.branch(top)).as(via.text()).isEqualTo(via.branch());
            assertThat(top.getHost()).isEqualToIgnoringCase(via.host());
            assertThat(top.getPort()).isEqualTo(via.port());
        });
    }
}
