package io.tandemsip.examples.haproxy.config;

import io.tandemsip.node.Transport;

/**
 * Where the proxy listens for SIP. Immutable.
 *
 * @param transport any that there is
 * @param host an address of this machine
 * @param port 1 to 65535
 */
public record ListeningPointConfig(Transport transport, String host, int port) {
    /** Whether it needs a key. */
    boolean isSecure() {
        return transport == Transport.TLS || transport == Transport.WSS;
    }

    /** Whether it stands for all addresses, so that peers need another name. */
    boolean isAny() {
        return host.equals("0.0.0.0") || host.equals("::");
    }
}
