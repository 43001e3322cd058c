package io.tandemsip.node;

import java.util.Locale;

/** A SIP transport (RFC 3261 section 18, RFC 7118). */
public enum Transport {
    /** User datagrams. */
    UDP(5060),
    /** Plain TCP. */
    TCP(5060),
    /** TLS over TCP. */
    TLS(5061),
    /** WebSocket. */
    WS(80),
    /** WebSocket over TLS. */
    WSS(443);

    private final int defaultPort;

    Transport(int defaultPort) {
        this.defaultPort = defaultPort;
    }

    /**
     * The port that is meant when a URI names none (RFC 3261 section 19.1.2, RFC 7118 section 5.2.3).
     *
     * @return a port number
     */
    public int defaultPort() {
        return defaultPort;
    }

    /**
     * The token used in URIs and Via headers, in lower case.
     *
     * @return for example {@code udp}
     */
    public String token() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The transport with this token, in any case.
     *
     * @param token for example {@code tcp}
     * @return the transport
     * @throws IllegalArgumentException if there is none
     */
    public static Transport of(String token) {
        for (Transport transport : values()) {
            if (transport.name().equalsIgnoreCase(token)) {
                return transport;
            }
        }
        throw new IllegalArgumentException("transport: \"" + token + "\"; expected one of udp, tcp, tls, ws, wss");
    }
}
