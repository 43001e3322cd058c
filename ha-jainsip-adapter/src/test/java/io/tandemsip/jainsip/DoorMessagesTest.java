package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.util.Set;
import javax.sip.address.SipURI;
import javax.sip.header.RouteHeader;
import javax.sip.message.Request;
import org.junit.jupiter.api.Test;

class DoorMessagesTest {
    private static final SipDestination NODE = new SipDestination("192.0.2.7", 5070, Transport.TCP);

    private final DoorMessages messages;

    DoorMessagesTest() throws Exception {
        messages = new DoorMessages(new OwnAddresses(Set.of("10.9.9.9 5070")));
    }

    private RouteHeader aimed() throws Exception {
        Request request = Messages.request("INVITE", "sip:b@example.org");
        messages.aim(request, NODE);
        return (RouteHeader) request.getHeader(RouteHeader.NAME);
    }

    /** Fails when {@code DoorMessages.routeTo} gives two requests the same header. */
    @Test
    void aim_whatAHostDoesToOneRoute_isNotInTheNext() throws Exception {
        RouteHeader first = aimed();
        String text = first.toString();
        ((SipURI) first.getAddress().getURI()).setPort(1);
        ((SipURI) first.getAddress().getURI()).setParameter("x", "y");
        first.setParameter("z", "1");
        assertThat(aimed().toString()).isEqualTo(text).contains("192.0.2.7:5070", "lr", "transport=tcp");
    }

    @Test
    void ownAddresses_areTheSameInAnyCaseAndWithBrackets_butNotByAnotherPort() {
        OwnAddresses own = new OwnAddresses(
                Set.of(ListeningSides.key("Proxy.Example.org", 5060), ListeningSides.key("[2001:DB8::1]", 5061)));
        assertThat(own.isOwn("proxy.EXAMPLE.org", -1)).isTrue();
        assertThat(own.isOwn("[2001:db8::1]", 5061)).isTrue();
        assertThat(own.isOwn("2001:db8::1", 5061)).isTrue();
        assertThat(own.isOwn("proxy.example.org", 5062)).isFalse();
        assertThat(own.isOwn("example.org", 5060)).isFalse();
    }
}
