package io.tandemsip.core.freeswitch;

import io.tandemsip.node.Node;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a node's event socket is, and the password that it asks for. Immutable. The password is in no text that this makes.
 */
public final class EventSocketAddress {
    /** The port that FreeSWITCH's own configuration has. */
    public static final int DEFAULT_PORT = 8021;

    private static final int LONGEST_PASSWORD = 256;
    private static final Pattern PLACE =
            Pattern.compile("(?:\\[(?<v6>[0-9a-fA-F:.]+)]|(?<host>[^:\\[\\]\\s]+))(?::(?<port>\\d{1,5}))?");

    private final String host;
    private final int port;
    private final String password;

    private EventSocketAddress(String host, int port, String password) {
        this.host = host;
        this.port = port;
        this.password = password;
    }

    /**
     * An event socket.
     *
     * @param host name or IP address; not blank
     * @param port 1 to 65535
     * @param password 1 to 256 characters, no control characters among them
     * @return the address
     * @throws IllegalArgumentException if one has another form; the message does not hold the password
     */
    public static EventSocketAddress of(String host, int port, String password) {
        if (host.isBlank()) {
            throw new IllegalArgumentException("event socket: host: blank; expected a name or an address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("event socket: port: " + port + "; expected 1 to 65535");
        }
        if (password.isEmpty() || password.length() > LONGEST_PASSWORD) {
            throw new IllegalArgumentException(
                    "event socket: password: " + password.length() + " characters; expected 1 to " + LONGEST_PASSWORD);
        }
        if (password.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("event socket: password: has a control character; expected none");
        }
        return new EventSocketAddress(host, port, password);
    }

    /**
     * The same password, at a node: at its host and this port, or where its attribute
     * {@value FreeSwitchProbe#EVENT_SOCKET} says.
     *
     * @param node which
     * @return the node's
     * @throws IllegalArgumentException if the attribute has another form
     */
    public EventSocketAddress at(Node node) {
        String place = node.attributes().getOrDefault(FreeSwitchProbe.EVENT_SOCKET, "");
        if (place.isBlank()) {
            return new EventSocketAddress(node.destination().host(), port, password);
        }
        Matcher parts = PLACE.matcher(place);
        if (!parts.matches()) {
            throw new IllegalArgumentException("node " + node.id() + ": " + FreeSwitchProbe.EVENT_SOCKET + ": \""
                    + place + "\"; expected a host, or a host, a colon and a port");
        }
        String named = parts.group("v6") != null ? parts.group("v6") : parts.group("host");
        return of(named, parts.group("port") == null ? port : Integer.parseInt(parts.group("port")), password);
    }

    /**
     * The host.
     *
     * @return name or IP address
     */
    public String host() {
        return host;
    }

    /**
     * The port.
     *
     * @return 1 to 65535
     */
    public int port() {
        return port;
    }

    String password() {
        return password;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EventSocketAddress that
                && host.equals(that.host)
                && port == that.port
                && password.equals(that.password);
    }

    @Override
    public int hashCode() {
        return Objects.hash(host, port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
