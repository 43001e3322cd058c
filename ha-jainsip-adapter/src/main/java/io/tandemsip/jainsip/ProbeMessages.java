package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.security.SecureRandom;
import java.text.ParseException;
import java.util.List;
import javax.sip.InvalidArgumentException;
import javax.sip.ListeningPoint;
import javax.sip.PeerUnavailableException;
import javax.sip.SipFactory;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;
import javax.sip.header.HeaderFactory;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;

/** Makes the OPTIONS requests of probes. Thread-safe. */
final class ProbeMessages {
    /** What a probe's branch begins with, in lower case. */
    static final String PREFIX = "z9hg4bk-tdp-";

    private static final String MAGIC = "z9hG4bK-tdp-";

    private final AddressFactory addresses;
    private final HeaderFactory headers;
    private final MessageFactory messages;
    private final SecureRandom random = new SecureRandom();

    ProbeMessages() throws PeerUnavailableException {
        SipFactory factory = SipFactory.getInstance();
        addresses = factory.createAddressFactory();
        headers = factory.createHeaderFactory();
        messages = factory.createMessageFactory();
    }

    Request options(SipDestination destination, ListeningPoint point) throws ParseException, InvalidArgumentException {
        SipURI own = uri(ListeningSides.bare(point.getIPAddress()), point.getPort());
        own.setUser("tandem");
        SipURI node = uri(destination.host(), destination.port());
        if (destination.transport() != Transport.UDP) {
            node.setTransportParam(destination.transport().token());
        }
        Request request = messages.createRequest(
                node,
                Request.OPTIONS,
                headers.createCallIdHeader(word() + word()),
                headers.createCSeqHeader(1L, Request.OPTIONS),
                headers.createFromHeader(addresses.createAddress(own), word()),
                headers.createToHeader(addresses.createAddress(node), null),
                List.of(headers.createViaHeader(
                        own.getHost(), own.getPort(), destination.transport().name(), MAGIC + word() + word())),
                headers.createMaxForwardsHeader(70));
        request.setHeader(headers.createContactHeader(addresses.createAddress(own)));
        request.setHeader(headers.createHeader("Accept", "application/sdp"));
        return request;
    }

    private SipURI uri(String host, int port) throws ParseException {
        SipURI uri = addresses.createSipURI(null, host.indexOf(':') >= 0 ? '[' + host + ']' : host);
        uri.setPort(port);
        return uri;
    }

    private String word() {
        return Long.toUnsignedString(random.nextLong(), Character.MAX_RADIX);
    }
}
