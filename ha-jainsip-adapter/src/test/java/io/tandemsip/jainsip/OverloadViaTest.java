package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.time.Duration;
import javax.sip.header.ViaHeader;
import javax.sip.message.Response;
import org.junit.jupiter.api.Test;

class OverloadViaTest {
    private static ViaHeader via(String parameters) throws Exception {
        return (ViaHeader)
                Messages.HEADERS.createHeader("Via", "SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bKx" + parameters);
    }

    private static Response response(String topParameters) throws Exception {
        return Messages.MESSAGES.createResponse("SIP/2.0 200 OK\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKtd1" + topParameters + "\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bK-in;oc=77;oc-algo=\"loss\"\r\n"
                + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>;tag=callee\r\n"
                + "Call-ID: call-1\r\nCSeq: 2 INVITE\r\nContent-Length: 0\r\n\r\n");
    }

    @Test
    void offer_isSaidInTheFormOfTheRfc_andUnderstoodOnTheOtherSide() throws Exception {
        ViaHeader own = via("");
        OverloadVia.offer(own);
        assertThat(own.toString()).contains(";oc;oc-algo=\"loss\"");
        ViaHeader received = via(own.toString().strip().replaceFirst(".*branch=z9hG4bKx", ""));
        assertThat(OverloadVia.offered(received)).contains(Algorithm.LOSS);
    }

    /** Fails when another Via than the topmost is read. */
    @Test
    void feedback_isReadFromTheTopmostViaOnly() throws Exception {
        assertThat(OverloadVia.feedback(response(";oc=20;oc-algo=\"rate\";oc-validity=1500;oc-seq=17.25")))
                .contains(new OverloadFeedback(Algorithm.RATE, 20, Duration.ofMillis(1_500), 1_725_000));
        assertThat(OverloadVia.feedback(response(";OC=20;OC-Algo=\"Loss\"")))
                .contains(new OverloadFeedback(Algorithm.LOSS, 20, OverloadFeedback.DEFAULT_VALIDITY, 0));
        assertThat(OverloadVia.feedback(response(""))).isEmpty();
        assertThat(OverloadVia.feedback(response(";oc")))
                .as("a copy of the offer")
                .isEmpty();
        assertThat(OverloadVia.feedback(response(";oc=many"))).isEmpty();
    }

    @Test
    void offered_isTheFirstThatIsKnownHere() throws Exception {
        assertThat(OverloadVia.offered(via(";oc;oc-algo=\"window, rate,loss\"")))
                .contains(Algorithm.RATE);
        assertThat(OverloadVia.offered(via(";oc;oc-algo=\"loss\""))).contains(Algorithm.LOSS);
        assertThat(OverloadVia.offered(via(";oc;oc-algo=\"window\""))).isEmpty();
        assertThat(OverloadVia.offered(via(";oc-algo=\"loss\"")))
                .as("without oc it does not take part")
                .isEmpty();
        assertThat(OverloadVia.offered(via(""))).isEmpty();
    }

    @Test
    void answer_takesThePlaceOfTheOffer_andIsReadBack() throws Exception {
        ViaHeader top = via(";oc;oc-algo=\"loss,rate\"");
        OverloadFeedback said = new OverloadFeedback(Algorithm.LOSS, 35, Duration.ofSeconds(2), 123_456_789L);
        OverloadVia.answer(top, said);
        assertThat(top.toString())
                .contains("oc=35")
                .contains("oc-algo=\"loss\"")
                .contains("oc-validity=2000")
                .contains("oc-seq=1234.56789");
        Response sent = response("");
        sent.setHeader(top);
        assertThat(OverloadVia.feedback(Messages.MESSAGES.createResponse(sent.toString())))
                .contains(said);
    }

    @Test
    void strip_leavesTheRest() throws Exception {
        ViaHeader via = via(";rport;oc=1;oc-algo=\"loss\";oc-validity=1;oc-seq=1.1;received=127.0.0.9");
        OverloadVia.strip(via);
        assertThat(via.toString()).doesNotContain("oc").contains("rport").contains("received=127.0.0.9");
    }
}
