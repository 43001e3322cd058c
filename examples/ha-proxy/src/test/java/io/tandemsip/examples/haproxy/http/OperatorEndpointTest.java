package io.tandemsip.examples.haproxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.examples.haproxy.config.HttpConfig;
import io.tandemsip.health.ProbeResult;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real HTTP on loopback, a real router whose nodes never answer a probe. */
class OperatorEndpointTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private HaRouter router;
    private OperatorEndpoint endpoint;

    @BeforeEach
    void start() throws Exception {
        router = Tandem.builder()
                .pool("media", pool -> pool.node("fs1", "sip:127.0.0.11:5080").node("fs2", "sip:127.0.0.12:5080"))
                .probe((node, timeout) -> new CompletableFuture<ProbeResult>())
                .build()
                .start();
        endpoint = OperatorEndpoint.start(new HttpConfig("127.0.0.1", 0), router, "media");
    }

    @AfterEach
    void stop() {
        endpoint.close();
        router.close();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + endpoint.port() + path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response, int status) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        return JSON.readTree(response.body());
    }

    private static void assertProblem(HttpResponse<String> response, int status, String field, String value)
            throws Exception {
        JsonNode problem = json(response, status);
        assertThat(problem.path("field").asText()).isEqualTo(field);
        assertThat(problem.path("value").asText()).isEqualTo(value);
        assertThat(problem.path("expected").asText()).isNotEmpty();
    }

    @Test
    void decisions_tellTheLastPlacementsAndWhyOnDemand() throws Exception {
        router.place(CallRequest.invite("seen-1", "t"));
        JsonNode last = json(get("/decisions"), 200).get(0);
        assertThat(last.path("callId").asText()).isEqualTo("seen-1");
        assertThat(last.path("state").asText()).isEqualTo("TRYING");
        JsonNode why = json(get("/decisions?callId=seen-1"), 200);
        assertThat(why.path("chosen").asText()).isEqualTo(last.path("node").asText());
        assertThat(why.path("considered")).hasSize(2);
        assertProblem(get("/decisions?callId=other"), 404, "callId", "other");
        assertThat(json(get("/shadow"), 200)).isEmpty();
    }

    @Test
    void nodes_tellThreeAxesAndWhy() throws Exception {
        JsonNode nodes = json(get("/nodes"), 200).path("nodes");
        assertThat(nodes).hasSize(2);
        JsonNode first = nodes.get(0);
        assertThat(first.path("id").asText()).isEqualTo("fs1");
        assertThat(first.path("pools").path(0).asText()).isEqualTo("media");
        assertThat(first.at("/admin/state").asText()).isEqualTo("IN_SERVICE");
        assertThat(first.at("/health/why").isTextual()).isTrue();
        assertThat(first.at("/load/state").asText()).isEqualTo("AVAILABLE");
        for (String key : new String[] {"weight", "calls", "incarnation", "epoch", "since"}) {
            assertThat(first.has(key)).as(key).isTrue();
        }
    }

    @Test
    void pools_tellTheirHeadroom() throws Exception {
        JsonNode pools = json(get("/pools"), 200);
        assertThat(pools).hasSize(1);
        assertThat(pools.at("/0/pool").asText()).isNotEmpty();
        assertThat(pools.at("/0/headroom").asText()).isIn("SURVIVES", "FALLS_SHORT", "UNLIMITED");
        assertThat(pools.at("/0/why").asText()).isNotEmpty();
    }

    @Test
    void drain_takesQueryOrJsonAndIsShown() throws Exception {
        JsonNode drain = json(post("/nodes/fs1/drain?deadline=30m", "{\"reason\": \"new disk\"}"), 200);
        assertThat(drain.path("node").asText()).isEqualTo("fs1");
        assertThat(drain.path("deadlineMillis").asLong()).isEqualTo(1_800_000);
        assertThat(drain.path("reason").asText()).isEqualTo("new disk");
        assertThat(json(get("/drains"), 200).get(0).path("node").asText()).isEqualTo("fs1");
    }

    @Test
    void out_andReturn_changeTheAdminState() throws Exception {
        assertThat(json(post("/nodes/fs1/out?reason=smoke", ""), 200)
                        .at("/admin/state")
                        .asText())
                .isEqualTo("OUT_OF_SERVICE");
        assertThat(json(get("/nodes"), 200).at("/nodes/0/admin/why").asText()).contains("smoke");
        assertThat(json(post("/nodes/fs1/return", ""), 200).at("/admin/state").asText())
                .isEqualTo("IN_SERVICE");
        assertThat(json(get("/events"), 200).toString())
                .contains("AdminChanged")
                .contains("smoke");
    }

    @Test
    void ready_whenNoPoolHasAnEligibleNode_is503AndSaysWhy() throws Exception {
        assertThat(json(get("/ready"), 200).path("ready").asBoolean()).isTrue();
        json(post("/nodes/fs1/out?reason=fire", ""), 200);
        json(post("/nodes/fs2/out?reason=flood", ""), 200);
        JsonNode answer = json(get("/ready"), 503);
        assertThat(answer.path("ready").asBoolean(true)).isFalse();
        assertThat(answer.at("/poolsWithoutEligibleNode/media").asText()).contains("fire", "flood");
        assertThat(json(get("/health"), 200).path("alive").asBoolean()).isTrue();
    }

    @Test
    void explain_tellsWhereACallWouldGo() throws Exception {
        JsonNode answer = json(get("/explain?callId=a%40b"), 200);
        assertThat(answer.path("considered")).hasSize(2);
        assertThat(answer.path("chosen").asText()).startsWith("fs");
        JsonNode dialog = json(get("/explain?callId=a%40b&fromTag=1&toTag=2"), 200);
        assertThat(dialog.path("chosen").asText()).isEmpty();
        assertProblem(get("/explain"), 400, "callId", "");
    }

    @Test
    void request_whenItIsWrong_isRefusedWithFieldValueAndWhatWasExpected() throws Exception {
        assertProblem(get("/nodez"), 404, "path", "/nodez");
        assertProblem(get("/nodes/fs1"), 404, "path", "/nodes/fs1");
        assertProblem(post("/nodes/fs9/drain", ""), 404, "node", "fs9");
        assertProblem(post("/nodes/fs1/dain", ""), 404, "path", "/nodes/fs1/dain");
        assertProblem(post("/nodes/fs1/cancel", ""), 404, "drain", "fs1");
        assertProblem(get("/nodes/fs1/drain"), 405, "method", "GET");
        assertProblem(post("/nodes", ""), 405, "method", "POST");
        assertProblem(post("/nodes/fs1/drain?deadline=30", ""), 400, "deadline", "30");
        assertProblem(post("/nodes/fs1/drain?deadline=0s", ""), 400, "deadline", "0s");
        assertProblem(post("/nodes/fs1/drain?dedline=30m", ""), 400, "dedline", "30m");
        assertThat(json(post("/nodes/fs1/drain", "{oops"), 400).path("field").asText())
                .isEqualTo("body");
        assertProblem(post("/nodes/fs1/drain", "[1]"), 400, "body", "ARRAY");
        assertProblem(post("/nodes/fs1/drain", " ".repeat(65_537)), 400, "body", "more than 65536 bytes");
        assertThat(router.drains()).isEmpty();
    }

    /** Fails when the check of Origin is taken out. */
    @Test
    void order_whenABrowserSendsItForAPage_isRefused() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/nodes/fs1/out"))
                .header("Origin", "http://evil.example")
                .POST(BodyPublishers.noBody())
                .build();
        assertProblem(client.send(request, BodyHandlers.ofString()), 403, "Origin", "http://evil.example");
        assertThat(json(get("/nodes"), 200).at("/nodes/0/admin/state").asText()).isEqualTo("IN_SERVICE");
    }
}
