package io.tandemsip.node;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where requests for a node are sent: host, port and transport, without user part. Immutable.
 *
 * @param host a host name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 * @param transport how to get there
 */
public record SipDestination(String host, int port, Transport transport) {
    private static final Pattern URI =
            Pattern.compile("(sips?):(?:[^@]*@)?(\\[[0-9A-Fa-f:.]+]|[^:;?\\[\\]\\s]+)(?::(\\d{1,5}))?((?:;[^?\\s]*)?)");
    private static final Pattern TRANSPORT_PARAMETER = Pattern.compile("(?i);transport=([^;]*)");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the host is blank or the port out of range
     */
    public SipDestination {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(transport, "transport");
        if (host.isBlank()) {
            throw new IllegalArgumentException("host: \"" + host + "\"; expected a host name or an address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + "; expected 1 to 65535");
        }
    }

    /**
     * Reads a SIP URI such as {@code sip:127.0.0.11:5080;transport=tcp}. The user part and unknown parameters are
     * ignored; {@code sips:} means TLS.
     *
     * @param uri a SIP or SIPS URI with a host
     * @return the destination
     * @throws IllegalArgumentException if it is not such a URI
     */
    public static SipDestination parse(String uri) {
        Objects.requireNonNull(uri, "uri");
        Matcher matcher = URI.matcher(uri.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "SIP URI: \"" + uri + "\"; expected sip:host[:port][;transport=udp|tcp|tls|ws|wss]");
        }
        Transport transport = transportOf(matcher);
        String host = matcher.group(2);
        String port = matcher.group(3);
        return new SipDestination(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host.toLowerCase(Locale.ROOT),
                port == null ? transport.defaultPort() : Integer.parseInt(port),
                transport);
    }

    private static Transport transportOf(Matcher uri) {
        Matcher parameter = TRANSPORT_PARAMETER.matcher(uri.group(4));
        if (parameter.find()) {
            return Transport.of(parameter.group(1));
        }
        return uri.group(1).equals("sips") ? Transport.TLS : Transport.UDP;
    }

    /**
     * The destination as a SIP URI.
     *
     * @return for example {@code sip:127.0.0.11:5080;transport=tcp}
     */
    public String toUri() {
        String address = host.indexOf(':') >= 0 ? '[' + host + ']' : host;
        String uri = "sip:" + address + ':' + port;
        return transport == Transport.UDP ? uri : uri + ";transport=" + transport.token();
    }

    @Override
    public String toString() {
        return toUri();
    }
}
