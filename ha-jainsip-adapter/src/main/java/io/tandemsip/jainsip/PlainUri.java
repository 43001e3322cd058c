package io.tandemsip.jainsip;

import gov.nist.core.Host;
import gov.nist.core.HostPort;
import gov.nist.core.NameValue;
import gov.nist.javax.sip.address.SipUri;

/** Reads plain SIP URIs to what the stack's parser makes of them. Pure. */
final class PlainUri {
    private static final int PORT_DIGITS = 5;

    private PlainUri() {}

    /** Reads one with its parameters; the text is odd then if it was none, or not plain. */
    static SipUri read(PlainText text) {
        SipUri uri = new SipUri();
        text.require("sip:");
        int begin = text.place();
        String user = text.user();
        if (text.take('@')) {
            uri.setUser(user);
        } else {
            text.back(begin);
        }
        uri.setHostPort(hostPort(text));
        while (text.take(';')) {
            String name = text.uriParameter();
            uri.setUriParameter(
                    text.take('=') ? new NameValue(name, text.uriParameter(), false) : new NameValue(name, "", true));
        }
        return uri;
    }

    /** Reads a host, which is no IPv6 address, and its port if there is one. */
    static HostPort hostPort(PlainText text) {
        HostPort read = new HostPort();
        read.setHost(new Host(text.host()));
        if (text.take(':')) {
            read.setPort(text.number(PORT_DIGITS));
        }
        return read;
    }
}
