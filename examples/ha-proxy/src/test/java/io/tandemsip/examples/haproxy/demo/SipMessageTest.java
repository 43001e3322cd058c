package io.tandemsip.examples.haproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SipMessageTest {
    private static Optional<SipMessage> parse(String text) {
        byte[] bytes = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        return SipMessage.parse(bytes, bytes.length);
    }

    private static SipMessage message(String text) {
        return parse(text).orElseThrow();
    }

    private static final String ANSWER = """
            SIP/2.0 200 OK
            v: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKa1;rport=5060, SIP/2.0/UDP 127.0.0.1:7;branch=z9hG4bKb2
            Record-Route: <sip:127.0.0.1:5060;lr;td=x,y>, <sip:10.0.0.1;lr>
            record-route: <sip:10.0.0.2;lr>
            f: <sip:a@b>;tag=from
            t: "Bob, senior" <sip:c@d>;tag=to
            i: 1@demo
            CSeq: 7 INFO
            m: <sip:fs1-2@127.0.0.1:5080>

            body: not a header
            """;

    @Test
    void parse_readsCompactNamesAndLists() {
        SipMessage answer = message(ANSWER);
        assertThat(answer.isRequest()).isFalse();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.callId()).isEqualTo("1@demo");
        assertThat(answer.method()).isEqualTo("INFO");
        assertThat(answer.toTag()).isEqualTo("to");
        assertThat(answer.branch()).isEqualTo("z9hG4bKa1");
        assertThat(answer.all("Via")).hasSize(2);
        assertThat(answer.all("Record-Route"))
                .containsExactly("<sip:127.0.0.1:5060;lr;td=x,y>", "<sip:10.0.0.1;lr>", "<sip:10.0.0.2;lr>");
        assertThat(answer.first("To")).isEqualTo("\"Bob, senior\" <sip:c@d>;tag=to");
        assertThat(answer.first("body")).isEmpty();
    }

    /** As a proxy writes it that offers overload control (RFC 7339). */
    @Test
    void parse_aCommaInQuotes_separatesNothing() {
        String own = "SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bKa;oc;oc-algo=\"loss,rate\"";
        assertThat(message("BYE sip:a SIP/2.0\nVia: " + own + ",SIP/2.0/UDP 127.0.0.1:2;branch=z9hG4bKb\n\n")
                        .all("Via"))
                .containsExactly(own, "SIP/2.0/UDP 127.0.0.1:2;branch=z9hG4bKb");
    }

    @Test
    void parse_whenItIsNoSip_isEmpty() {
        assertThat(parse("\n\n")).isEmpty();
        assertThat(parse("GET / HTTP/1.1\nHost: x\n\n")).isEmpty();
        assertThat(parse("OPTIONS sip:a SIP/2.0\nno colon\n\n")).isEmpty();
    }

    @Test
    void bytes_areReadBackAsTheSame() {
        SipMessage written =
                SipMessage.of("BYE sip:a@b SIP/2.0").with("Via", "v1").withAll("Route", List.of("<a>", "<b>"));
        byte[] bytes = written.bytes();
        SipMessage read = SipMessage.parse(bytes, bytes.length).orElseThrow();
        assertThat(read.startLine()).isEqualTo(written.startLine());
        assertThat(read.all("Route")).containsExactly("<a>", "<b>");
        assertThat(read.first("Content-Length")).isEqualTo("0");
    }

    /** Fails when the route set is not turned around (RFC 3261 section 12.1.2). */
    @Test
    void peer_takesTheRouteSetInReverse() {
        CallerCall.Peer peer = CallerCall.Peer.of(message(ANSWER));
        assertThat(peer.routes())
                .containsExactly("<sip:10.0.0.2;lr>", "<sip:10.0.0.1;lr>", "<sip:127.0.0.1:5060;lr;td=x,y>");
        assertThat(peer.contact()).isEqualTo("sip:fs1-2@127.0.0.1:5080");
        assertThat(peer.life()).isEqualTo("fs1-2");
    }

    @Test
    void response_echoesWhatItMustAndAddsATagOnce() {
        SipMessage invite = SipMessage.of("INVITE sip:x SIP/2.0")
                .withAll("Via", List.of("v1", "v2"))
                .with("Record-Route", "<r>")
                .with("From", "f;tag=1")
                .with("To", "<sip:x>")
                .with("Call-ID", "c")
                .with("CSeq", "1 INVITE");
        SipMessage ringing = UasMessages.response(invite, "180 Ringing", "t1");
        assertThat(ringing.all("Via")).containsExactly("v1", "v2");
        assertThat(ringing.all("Record-Route")).containsExactly("<r>");
        assertThat(ringing.toTag()).isEqualTo("t1");
        SipMessage tagged =
                SipMessage.of("BYE sip:x SIP/2.0").with("To", "<sip:x>;tag=t1").with("CSeq", "2 BYE");
        assertThat(UasMessages.response(tagged, "200 OK", "t2").toTag()).isEqualTo("t1");
    }
}
