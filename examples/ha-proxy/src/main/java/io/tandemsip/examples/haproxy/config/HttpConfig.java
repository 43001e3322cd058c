package io.tandemsip.examples.haproxy.config;

/**
 * Where operators ask. Immutable.
 *
 * @param host loopback unless somebody knows what they do: the endpoint asks nobody for a password
 * @param port 0 to 65535; 0 for any free one
 */
public record HttpConfig(String host, int port) {
    /** Loopback, port 8060. */
    public static final HttpConfig DEFAULTS = new HttpConfig("127.0.0.1", 8060);
}
