package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Iterator;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.junit.jupiter.api.Test;

class RepliesTest {
    private final Replies replies = new Replies(Messages.MESSAGES, Messages.HEADERS, new Branches(1));

    private static int vias(Message message) {
        int count = 0;
        for (Iterator<?> each = message.getHeaders(ViaHeader.NAME); each.hasNext(); each.next()) {
            count++;
        }
        return count;
    }

    @Test
    void relayed_losesTheProxysViaOnly() throws Exception {
        Response relayed = Replies.relayed(Messages.response(200));
        assertThat(vias(relayed)).isEqualTo(1);
        assertThat(SipText.branch(relayed)).isEqualTo("z9hg4bk-in");
    }

    /** Fails when a node's 503 is relayed as it came: the caller would leave the whole service alone. */
    @Test
    void relayed_never503() throws Exception {
        assertThat(Replies.relayed(Messages.response(503, "Retry-After: 60")).getStatusCode())
                .isEqualTo(500);
        assertThat(Replies.relayed(Messages.response(486)).getStatusCode()).isEqualTo(486);
    }

    @Test
    void own_hasATagAndWholeSecondsOfRetryAfter() throws Exception {
        Request invite = Messages.request("INVITE", "sip:b@x.org");
        ((javax.sip.header.ToHeader) invite.getHeader("To")).removeParameter("tag");
        Response response = replies.own(invite, 503, Duration.ofMillis(1_200));
        assertThat(SipText.retryAfter(response)).isEqualTo(Duration.ofSeconds(2));
        assertThat(SipText.toTag(response)).isNotEmpty();
        assertThat(SipText.toTag(replies.own(invite, 100))).isEmpty();
    }

    @Test
    void sessionInterval_isReadWithItsParameters() throws Exception {
        assertThat(SipText.sessionInterval(Messages.response(200, "Session-Expires: 1800;refresher=uac")))
                .isEqualTo(Duration.ofMinutes(30));
        assertThat(SipText.sessionInterval(Messages.response(200, "x: 90"))).isEqualTo(Duration.ofSeconds(90));
        assertThat(SipText.sessionInterval(Messages.response(200))).isZero();
        assertThat(SipText.leadingSeconds("Session-Expires: soon")).isZero();
    }
}
