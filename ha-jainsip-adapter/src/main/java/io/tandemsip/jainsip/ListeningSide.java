package io.tandemsip.jainsip;

import io.tandemsip.node.Transport;
import java.text.ParseException;
import javax.sip.ListeningPoint;
import javax.sip.SipProvider;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;

/**
 * One listening point of the proxy, under the name by which peers reach it. Immutable.
 *
 * @param provider sends and receives there
 * @param transport the transport
 * @param host an address, or the advertised name
 * @param port the port
 */
record ListeningSide(SipProvider provider, Transport transport, String host, int port) {
    /** Whether it is bound to an IPv6 address, whatever it is advertised as. */
    boolean isIpv6() {
        ListeningPoint point = provider.getListeningPoint(transport.token());
        return point != null && point.getIPAddress().indexOf(':') >= 0;
    }

    /** Whether nobody can be reached by it but who opened a connection: there is no dialling a WebSocket client (RFC 7118). */
    boolean isWebSocket() {
        return transport == Transport.WS || transport == Transport.WSS;
    }

    /** The side as a URI for Record-Route: with lr, and with its transport where that is not UDP. */
    SipURI uri(AddressFactory addresses) throws ParseException {
        SipURI uri = addresses.createSipURI(null, host.indexOf(':') >= 0 ? '[' + host + ']' : host);
        uri.setPort(port);
        if (transport != Transport.UDP) {
            uri.setTransportParam(transport.token());
        }
        uri.setLrParam();
        return uri;
    }
}
