package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import javax.sip.SipProvider;
import javax.sip.header.RouteHeader;
import javax.sip.message.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArrivalTest {
    private SipHost host;
    private SipProvider provider;
    private ListeningSides sides;
    private String own;

    @BeforeEach
    void listen() throws Exception {
        host = new SipHost();
        provider = host.provider;
        sides = ListeningSides.of(java.util.List.of(provider), "sip.example.com");
        own = "127.0.0.1:" + host.port;
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private Arrival arrival(String uri, String... lines) throws Exception {
        return Arrival.of(Messages.request("BYE", uri, lines), provider, sides);
    }

    private static String routes(Request request) {
        StringBuilder all = new StringBuilder();
        for (RouteHeader each : Arrival.routes(request)) {
            all.append(each.getAddress().getURI()).append(' ');
        }
        return all.toString().trim();
    }

    @Test
    void of_popsEveryRouteThatNamesTheProxy() throws Exception {
        Arrival arrival = arrival(
                "sip:node@127.0.0.3:5080",
                "Route: <sip:" + own + ";lr;td=abc;tc=x>, <sip:SIP.example.com:" + host.port + ";lr>",
                "Route: <sip:127.0.0.7;lr>");
        assertThat(arrival.mark()).isEqualTo(new RouteMark("abc", "x"));
        assertThat(routes(arrival.withoutOwnRoutes())).isEqualTo("sip:127.0.0.7;lr");
        assertThat(arrival.withoutOwnRoutes().getRequestURI()).hasToString("sip:node@127.0.0.3:5080");
        assertThat(routes(arrival.request())).as("the request as received").contains("td=abc");
    }

    @Test
    void of_leavesTheRoutesOfOthers() throws Exception {
        Arrival arrival = arrival("sip:node@127.0.0.3:5080", "Route: <sip:127.0.0.7;lr>, <sip:" + own + ";lr;td=abc>");
        assertThat(arrival.mark()).isEqualTo(RouteMark.NONE);
        assertThat(Arrival.routes(arrival.withoutOwnRoutes())).hasSize(2);
    }

    @Test
    void of_withoutAnyRoute_leavesNoEmptyHeader() throws Exception {
        Arrival arrival = arrival("sip:node@127.0.0.3:5080", "Route: <sip:" + own + ";lr;td=abc>");
        assertThat(arrival.withoutOwnRoutes().toString()).doesNotContain("Route");
    }

    /** RFC 3261 section 16.4: a strict router put our Record-Route into the Request-URI, and the target at the end. */
    @Test
    void of_whenAStrictRouterWasBefore_putsTheTargetBack() throws Exception {
        Arrival arrival =
                arrival("sip:" + own + ";lr;td=abc;tc=x", "Route: <sip:127.0.0.7;lr>, <sip:node@127.0.0.3:5080>");
        assertThat(arrival.strict()).isTrue();
        assertThat(arrival.mark()).isEqualTo(new RouteMark("abc", "x"));
        Request forwarded = arrival.withoutOwnRoutes();
        assertThat(forwarded.getRequestURI()).hasToString("sip:node@127.0.0.3:5080");
        assertThat(routes(forwarded)).isEqualTo("sip:127.0.0.7;lr");
    }

    @Test
    void transactionKey_isEqualForAnInviteAndItsCancelOnly() throws Exception {
        Arrival invite = Arrival.of(Messages.request("INVITE", "sip:b@x.org"), provider, sides);
        Arrival cancel = Arrival.of(Messages.request("CANCEL", "sip:b@x.org"), provider, sides);
        assertThat(cancel.transactionKey()).isEqualTo(invite.transactionKey());
        Request other = Messages.request("CANCEL", "sip:b@x.org");
        ((javax.sip.header.ViaHeader) other.getHeader("Via")).setBranch("z9hG4bK-other");
        assertThat(Arrival.of(other, provider, sides).transactionKey()).isNotEqualTo(invite.transactionKey());
    }

    @Test
    void isLoop_findsOwnBranchOfTheSameRequestOnly() throws Exception {
        Request request = Messages.request("INVITE", "sip:b@x.org");
        String branch = new Branches(7).unique(request);
        Request looped = Messages.request("INVITE", "sip:b@x.org", "Via: SIP/2.0/UDP " + own + ";branch=" + branch);
        assertThat(Branches.isLoop(looped, sides)).isTrue();
        Request spiral = Messages.request("INVITE", "sip:c@x.org", "Via: SIP/2.0/UDP " + own + ";branch=" + branch);
        assertThat(Branches.isLoop(spiral, sides)).as("another Request-URI").isFalse();
        Request foreign = Messages.request("INVITE", "sip:b@x.org", "Via: SIP/2.0/UDP 127.0.0.8:5060;branch=" + branch);
        assertThat(Branches.isLoop(foreign, sides)).as("another's Via").isFalse();
    }

    @Test
    void refusal_saysWhatForbidsToForward() throws Exception {
        assertThat(refusal("sip:b@x.org", "Max-Forwards: 0")).isEqualTo(483);
        assertThat(refusal("sip:b@x.org", "Proxy-Require: privacy")).isEqualTo(420);
        assertThat(refusal("mailto:b@x.org")).isEqualTo(416);
        assertThat(refusal("tel:+4912345")).isZero();
        assertThat(refusal("sip:b@x.org", "Max-Forwards: 1")).isZero();
    }

    private int refusal(String uri, String... lines) throws Exception {
        return RequestChecks.refusal(Messages.request("INVITE", uri, lines), sides)
                .orElse(0);
    }
}
