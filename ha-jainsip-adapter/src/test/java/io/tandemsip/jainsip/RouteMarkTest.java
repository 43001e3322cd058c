package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.jainsip.RouteMark.Origin;
import javax.sip.SipFactory;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class RouteMarkTest {
    @Test
    void read_findsTheCookieInTheUri() throws Exception {
        assertThat(RouteMark.read(Messages.route("<sip:127.0.0.1:5060;lr;td=abc2;tc=xyz>")))
                .isEqualTo(new RouteMark("abc2", "xyz"));
    }

    @Test
    void read_findsTheCookieInTheHeader() throws Exception {
        assertThat(RouteMark.read(Messages.route("<sip:127.0.0.1:5060;lr>;td=abc2;tc=xyz")))
                .isEqualTo(new RouteMark("abc2", "xyz"));
    }

    @Test
    void read_whenAPeerLeftOutTheBrackets_findsTheCookie() throws Exception {
        assertThat(RouteMark.read(Messages.route("sip:127.0.0.1:5060;lr;td=abc2;tc=xyz")))
                .isEqualTo(new RouteMark("abc2", "xyz"));
    }

    @Test
    void read_whenAPeerFoldedTheCase_findsTheCookie() throws Exception {
        assertThat(RouteMark.read(Messages.route("<SIP:127.0.0.1:5060;LR;TD=ABC2;TC=XYZ>")))
                .isEqualTo(new RouteMark("abc2", "xyz"));
    }

    @Test
    void read_whenThereIsNone_isEmpty() throws Exception {
        assertThat(RouteMark.read(Messages.route("<sip:127.0.0.1:5060;lr>"))).isEqualTo(RouteMark.NONE);
    }

    /** Fails when the marks of the two tags are mixed up, or one of them is not looked at. */
    @Property
    void origin_tellsWhoSentARequest(
            @ForAll @AlphaChars @StringLength(min = 1, max = 12) String caller,
            @ForAll @AlphaChars @StringLength(min = 1, max = 12) String callee) {
        RouteMark mark = RouteMark.of("abc", caller);
        boolean alike = RouteMark.markOf(caller).equals(RouteMark.markOf(callee));
        assertThat(mark.origin(caller, callee)).isEqualTo(alike ? Origin.UNKNOWN : Origin.CALLER);
        assertThat(mark.origin(callee, caller)).isEqualTo(alike ? Origin.UNKNOWN : Origin.CALLEE);
    }

    @Test
    void origin_whenNeitherTagIsTheCallers_isUnknown() {
        assertThat(RouteMark.of("abc", "caller").origin("x", "y")).isEqualTo(Origin.UNKNOWN);
        assertThat(RouteMark.NONE.origin("x", "y")).isEqualTo(Origin.UNKNOWN);
    }

    @Property
    void writeTo_isReadAgain(@ForAll @AlphaChars @StringLength(min = 1, max = 48) String text) throws Exception {
        AddressFactory addresses = SipFactory.getInstance().createAddressFactory();
        SipURI uri = addresses.createSipURI(null, "127.0.0.1");
        uri.setLrParam();
        RouteMark mark = RouteMark.of(text.toLowerCase(java.util.Locale.ROOT), text);
        mark.writeTo(uri);
        assertThat(RouteMark.read(Messages.route('<' + uri.toString() + '>'))).isEqualTo(mark);
    }
}
