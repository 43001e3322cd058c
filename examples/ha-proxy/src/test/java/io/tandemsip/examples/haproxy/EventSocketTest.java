package io.tandemsip.examples.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tandemsip.core.source.LiveNodes;
import io.tandemsip.examples.haproxy.config.ConfigReader;
import io.tandemsip.examples.haproxy.config.GivenSecrets;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.node.Node;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The program with a node that has an event socket. */
class EventSocketTest {
    private static final GivenSecrets SECRETS = new GivenSecrets(Map.of("FS", ScriptedNode.PASSWORD), Map.of());

    private static ProxyConfig config(ScriptedNode node) throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        return ConfigReader.read("proxy.yaml", """
                listen:
                  - {transport: udp, host: 127.0.0.1, port: %d}
                pools:
                  media:
                    eventSocket: {port: %d, password: {env: FS}, pauseWhenDrained: true, limits: learned}
                    nodes:
                      - {id: fs1, uri: "sip:127.0.0.1:%d"}
                http: {port: 0}
                """.formatted(port, node.port(), node.sipPort()), SECRETS)
                .fold(config -> config, mistakes -> fail(mistakes.toString()));
    }

    /** Fails when the event socket is not asked: OPTIONS alone can't tell in which life the node is. */
    @Test
    void theNodesLife_isKnownFromItsEventSocket() throws Exception {
        try (ScriptedNode node = new ScriptedNode()) {
            ProxyConfig config = config(node);
            HttpClient client = HttpClient.newHttpClient();
            try (ProxyProgram program =
                    ProxyProgram.start(config, LiveNodes.of(config.nodes().toArray(Node[]::new)))) {
                URI uri = URI.create("http://127.0.0.1:" + program.httpPort() + "/nodes");
                String said = "";
                long begun = System.nanoTime();
                while (!(said.contains(ScriptedNode.CORE_UUID)
                                && said.contains("HEALTHY")
                                && said.contains("\"mostCalls\":999"))
                        && System.nanoTime() - begun < 20_000_000_000L) {
                    said = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                            .body();
                }
                assertThat(said)
                        .contains(ScriptedNode.CORE_UUID)
                        .contains("HEALTHY")
                        .doesNotContain(ScriptedNode.PASSWORD);
            }
        }
    }

    /** Fails when what is set wrong is found out by calls, or keeps the proxy from starting, or shows the password. */
    @Test
    void whatIsSetWrong_isToldAtTheStart() throws Exception {
        try (ScriptedNode node = new ScriptedNode()) {
            node.replies.put("fsctl pause_check inbound", "true");
            ProxyConfig config = config(node);
            assertThat(Preconditions.lacking(config, Optional.empty())
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS))
                    .contains("node fs1: paused; it refuses new calls until fsctl resume")
                    .anySatisfy(line -> assertThat(line).startsWith("node fs1: attribute switchname: not set"))
                    .noneSatisfy(line -> assertThat(line).contains(ScriptedNode.PASSWORD));
        }
    }

    @Test
    void drainedNode_isPaused_andResumedWhenItIsReturned() throws Exception {
        try (ScriptedNode node = new ScriptedNode()) {
            ProxyConfig config = config(node);
            HttpClient client = HttpClient.newHttpClient();
            try (ProxyProgram program =
                    ProxyProgram.start(config, LiveNodes.of(config.nodes().toArray(Node[]::new)))) {
                node.await("api fsctl shutdown_check");
                post(client, program, "drain");
                node.await("api global_setvar tandem_pause=tandem-");
                node.await("api fsctl pause inbound");
                post(client, program, "return");
                node.await("api fsctl resume inbound");
                node.await("api global_setvar tandem_pause=none");
            }
        }
    }

    private static void post(HttpClient client, ProxyProgram program, String order) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + program.httpPort() + "/nodes/fs1/" + order))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }
}
