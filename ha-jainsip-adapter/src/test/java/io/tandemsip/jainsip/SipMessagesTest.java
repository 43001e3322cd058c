package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.Failure;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.TrafficClass;
import java.time.Duration;
import javax.sip.IOExceptionEvent;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.junit.jupiter.api.Test;

class SipMessagesTest {
    private static final Duration ELAPSED = Duration.ofMillis(7);

    @Test
    void call_readsWhatRoutingNeeds() throws Exception {
        Request invite = Messages.request("INVITE", "sip:b@example.org", "X-Tenant: blue");
        CallRequest call = SipMessages.call(invite).pool("media").build();
        assertThat(call.callId()).isEqualTo("call-1");
        assertThat(call.fromTag()).isEqualTo("caller");
        assertThat(call.requestUri()).isEqualTo("sip:b@example.org");
        assertThat(call.pool()).isEqualTo("media");
        assertThat(call.header("x-tenant")).contains("blue");
        assertThat(call.header("X-None")).isEmpty();
        assertThat(call.trafficClass()).isEqualTo(TrafficClass.NEW_DIALOG);
    }

    @Test
    void call_ofAnEmergency_mustGetThrough() throws Exception {
        assertThat(SipMessages.call(Messages.request("INVITE", "urn:service:sos.fire"))
                        .build()
                        .trafficClass())
                .isEqualTo(TrafficClass.PRIORITY);
        assertThat(SipMessages.call(Messages.request("INVITE", "sip:b@x", "Resource-Priority: ets.0"))
                        .build()
                        .trafficClass())
                .isEqualTo(TrafficClass.PRIORITY);
    }

    @Test
    void inDialog_readsTagsCookieAndSessionInterval() throws Exception {
        Request update = Messages.request(
                "UPDATE",
                "sip:b@10.0.0.1",
                "Route: <sip:10.0.0.9;lr;td=abc;tc=x>",
                "Session-Expires: 90;refresher=uac");
        assertThat(SipMessages.inDialog(update, uri -> true))
                .isEqualTo(new DialogRequest(
                        new DialogId("call-1", "caller", "callee"), "UPDATE", "abc", Duration.ofSeconds(90)));
        assertThat(SipMessages.isInDialog(update)).isTrue();
    }

    @Test
    void outcome_of503_isOverloadWithItsRetryAfter() throws Exception {
        Response busy = Messages.response(503, "Retry-After: 12");
        assertThat(SipMessages.outcome(busy, ELAPSED)).isEqualTo(new TrafficOutcome.Overloaded(Duration.ofSeconds(12)));
        assertThat(SipMessages.failure(busy)).isEqualTo(Failure.response(503, Duration.ofSeconds(12)));
    }

    @Test
    void outcome_ofAnyOtherStatus_isThatStatus() throws Exception {
        for (int status : new int[] {100, 180, 200, 302, 404, 500, 603}) {
            assertThat(SipMessages.outcome(Messages.response(status), ELAPSED))
                    .isEqualTo(new TrafficOutcome.Responded(status, ELAPSED));
        }
    }

    /** The stack's non-blocking TCP answers so in the node's stead. Fails when it is taken for the node's own word. */
    @Test
    void outcome_of503ThatTheStackMade_isAFailureOfTheTransport() throws Exception {
        Response made = Messages.MESSAGES.createResponse("SIP/2.0 503 Transport error sending request.\r\n"
                + "Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\n"
                + "Call-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
        assertThat(SipMessages.outcome(made, ELAPSED)).isInstanceOf(TrafficOutcome.TransportFailed.class);
        assertThat(SipMessages.failure(made)).isInstanceOf(Failure.Transport.class);
    }

    @Test
    void outcome_ofAnIoException_namesThePeer() {
        assertThat(SipMessages.outcome(new IOExceptionEvent(this, "10.0.0.1", 5080, "tcp")))
                .isEqualTo(new TrafficOutcome.TransportFailed("tcp 10.0.0.1:5080"));
    }

    @Test
    void read_whenNoRouteNamesTheProxy_takesTheFirstMark() throws Exception {
        Request bye = Messages.request(
                "BYE", "sip:b@10.0.0.1", "Route: <sip:10.0.0.7;lr>", "Route: <sip:10.0.0.8;lr;td=other;tc=x>");
        assertThat(RouteMark.read(bye, uri -> false)).isEqualTo(new RouteMark("other", "x"));
    }

    @Test
    void read_whenAStrictRouterMovedTheMarkToTheRequestUri_findsIt() throws Exception {
        Request bye = Messages.request("BYE", "sip:10.0.0.9:5070;lr;td=abc;tc=x", "Route: <sip:b@10.0.0.1>");
        assertThat(RouteMark.read(bye, uri -> uri.getPort() == 5070)).isEqualTo(new RouteMark("abc", "x"));
    }
}
