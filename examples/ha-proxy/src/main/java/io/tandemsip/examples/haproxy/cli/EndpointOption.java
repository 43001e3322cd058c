package io.tandemsip.examples.haproxy.cli;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/** The option that says which proxy is meant. Confined to one thread. */
final class EndpointOption {
    @Option(
            names = "--url",
            defaultValue = "http://127.0.0.1:8060",
            description = "The endpoint of the running proxy (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private URI url;

    EndpointClient client() {
        return new EndpointClient(url);
    }

    static String nodePath(String node, String verb) {
        return "/nodes/" + URLEncoder.encode(node, StandardCharsets.UTF_8).replace("+", "%20") + '/' + verb;
    }
}
