package io.tandemsip.examples.haproxy.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was asked for. Immutable.
 *
 * @param method of HTTP
 * @param path its segments, decoded
 * @param parameters of the query, and the members of a JSON body
 */
record Ask(String method, List<String> path, Map<String, String> parameters) {
    private static final int MOST_BODY_BYTES = 65_536;
    private static final ObjectMapper JSON = new ObjectMapper();

    static Ask of(HttpExchange exchange) throws IOException {
        Map<String, String> parameters = new HashMap<>();
        String query = exchange.getRequestURI().getRawQuery();
        readQuery(query == null ? "" : query, parameters);
        readBody(exchange.getRequestBody().readNBytes(MOST_BODY_BYTES + 1), parameters);
        String[] path =
                exchange.getRequestURI().getPath().replaceAll("^/+|/+$", "").split("/", -1);
        return new Ask(exchange.getRequestMethod(), List.of(path), Map.copyOf(parameters));
    }

    private static void readQuery(String query, Map<String, String> into) {
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                int at = pair.indexOf('=');
                into.put(decoded(at < 0 ? pair : pair.substring(0, at)), at < 0 ? "" : decoded(pair.substring(at + 1)));
            }
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new Refusal(400, "query", text, "percent-encoding");
        }
    }

    private static void readBody(byte[] body, Map<String, String> into) throws IOException {
        if (body.length == 0) {
            return;
        }
        if (body.length > MOST_BODY_BYTES) {
            throw new Refusal(400, "body", "more than " + MOST_BODY_BYTES + " bytes", "less");
        }
        try {
            JsonNode json = JSON.readTree(body);
            if (!json.isObject()) {
                throw new Refusal(400, "body", String.valueOf(json.getNodeType()), "a JSON object");
            }
            json.fields()
                    .forEachRemaining(
                            each -> into.put(each.getKey(), each.getValue().asText()));
        } catch (JsonProcessingException malformed) {
            throw new Refusal(400, "body", String.valueOf(malformed.getOriginalMessage()), "a JSON object");
        }
    }

    String parameter(String name, String otherwise) {
        return parameters.getOrDefault(name, otherwise);
    }

    /** Refuses what nobody reads, so that a misspelt deadline does not go unnoticed. */
    void knowing(String... names) {
        Set<String> known = Set.of(names);
        for (String each : new TreeSet<>(parameters.keySet())) {
            if (!known.contains(each)) {
                String expected = known.isEmpty() ? "no parameter" : "one of " + String.join(", ", names);
                throw new Refusal(400, each, parameter(each, ""), expected);
            }
        }
    }

    void needs(String expectedMethod) {
        if (!method.equals(expectedMethod)) {
            throw new Refusal(405, "method", method, expectedMethod);
        }
    }
}
