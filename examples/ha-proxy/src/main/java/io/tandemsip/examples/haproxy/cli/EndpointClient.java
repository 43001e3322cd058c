package io.tandemsip.examples.haproxy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** Talks to a running proxy over HTTP. Thread-safe. */
final class EndpointClient {
    private static final Duration MOST_WAIT = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(MOST_WAIT).build();
    private final String base;

    EndpointClient(URI base) {
        this.base = base.toString().replaceAll("/+$", "");
    }

    JsonNode get(String path) {
        return send(request(path).GET().build());
    }

    JsonNode post(String path, Map<String, String> body) {
        try {
            String json = JSON.writeValueAsString(body);
            return send(request(path)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(json))
                    .build());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private HttpRequest.Builder request(String path) {
        try {
            return HttpRequest.newBuilder(URI.create(base + path)).timeout(MOST_WAIT);
        } catch (IllegalArgumentException malformed) {
            throw new EndpointFailure("url: " + base + path + "; expected for example http://127.0.0.1:8060");
        }
    }

    private JsonNode send(HttpRequest request) {
        try {
            var response = http.send(request, BodyHandlers.ofString());
            JsonNode body = JSON.readTree(response.body());
            if (response.statusCode() != OK) {
                throw new EndpointFailure(text(body, "field") + ": " + text(body, "value") + "; expected "
                        + text(body, "expected") + " (HTTP " + response.statusCode() + ')');
            }
            return body;
        } catch (JsonProcessingException notOurs) {
            throw new EndpointFailure(base + ": answered something else than JSON; expected the endpoint of ha-proxy");
        } catch (IOException unreachable) {
            throw new EndpointFailure(base + ": not reached; expected a running ha-proxy (see --url)");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new EndpointFailure(base + ": interrupted");
        }
    }

    private static String text(JsonNode body, String key) {
        return body.path(key).asText("?");
    }
}
