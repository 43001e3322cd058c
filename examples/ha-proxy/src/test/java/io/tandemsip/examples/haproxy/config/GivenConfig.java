package io.tandemsip.examples.haproxy.config;

import static org.assertj.core.api.Assertions.fail;

import io.tandemsip.core.source.Mistake;
import java.util.List;

/** Configurations that tests give, and what the reader makes of them. */
final class GivenConfig {
    /** The least that is needed. */
    static final String MINIMAL = """
            listen:
              - {transport: udp, host: 127.0.0.1, port: 5060}
            pools:
              media:
                nodes:
                  - {id: fs1, uri: "sip:127.0.0.11:5080"}
            """;

    /** Two nodes, one of them with an event socket of its own. */
    static final String TWO = "[{id: fs1, uri: \"sip:127.0.0.11:5080\"}, {id: fs2, uri: \"sip:127.0.0.12:5080\","
            + " attributes: {event-socket: \"10.0.0.2:8022\"}}]";

    private GivenConfig() {}

    static ProxyConfig good(String text, Secrets secrets) {
        return read(text, secrets).fold(config -> config, mistakes -> fail(mistakes.toString()));
    }

    static List<String> mistakes(String text, Secrets secrets) {
        return read(text, secrets)
                .fold(
                        config -> List.of(),
                        all -> all.stream().map(Mistake::toString).toList());
    }

    static String eventSocket(String inner, String nodes) {
        return """
                listen:
                  - {transport: udp, host: 127.0.0.1, port: 5060}
                pools:
                  media:
                    eventSocket: %s
                    nodes: %s
                """.formatted(inner, nodes);
    }

    private static Reading read(String text, Secrets secrets) {
        return ConfigReader.read("proxy.yaml", text, secrets);
    }
}
