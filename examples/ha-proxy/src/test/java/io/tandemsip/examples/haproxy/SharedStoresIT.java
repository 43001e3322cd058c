package io.tandemsip.examples.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.core.source.LiveNodes;
import io.tandemsip.event.Subscription;
import io.tandemsip.examples.haproxy.config.ConfigReader;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.examples.haproxy.config.Reading;
import io.tandemsip.examples.haproxy.config.Secrets;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import io.tandemsip.redis.RedisStores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** The program with a real Redis. */
class SharedStoresIT {
    private final int redisPort = freePort();
    private RedisServer redis;

    @BeforeEach
    void begin() throws IOException {
        redis = RedisServer.newRedisServer()
                .port(redisPort)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        redis.start();
    }

    @AfterEach
    void end() throws IOException {
        redis.stop();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private String url() {
        return "redis://127.0.0.1:" + redisPort;
    }

    private static ProxyConfig config(String store) {
        String text = """
                listen:
                  - {transport: udp, host: 127.0.0.1, port: %d}
                pools:
                  media:
                    nodes:
                      - {id: fs1, uri: "sip:127.0.0.1:1"}
                http: {port: 0}
                store:
                  %s
                """.formatted(freePort(), store);
        return ((Reading.Good) ConfigReader.read("proxy.yaml", text, Secrets.ofProcess(Path.of("")))).config();
    }

    private static NodeSource nodes(ProxyConfig config) {
        return LiveNodes.of(config.nodes().toArray(Node[]::new));
    }

    private static int post(ProxyProgram program, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + program.httpPort() + path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void whatIsOrderedAtTheEndpoint_isToldToAllWhoShareTheStore() throws Exception {
        ProxyConfig config = config("redis: {url: \"" + url() + "\"}");
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (RedisStores other = RedisStores.connect(url());
                Subscription watch = other.sharedState().watch("admin/fs1", changes::add);
                ProxyProgram program = ProxyProgram.start(config, nodes(config))) {
            assertThat(watch).isNotNull();
            assertThat(post(program, "/nodes/fs1/out")).isBetween(200, 299);
            assertThat(changes.poll(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            SharedChange.Put.class,
                            put -> assertThat(put.entry().value()).contains("state=OUT_OF_SERVICE"));
        }
    }

    /** As one that goes later: the proxy serves on its own until it comes. */
    @Test
    void aStoreThatIsAway_isWaitedFor() throws Exception {
        redis.stop();
        ProxyConfig config = config("redis: {url: \"" + url() + "\"}");
        try (ProxyProgram program = ProxyProgram.start(config, nodes(config))) {
            assertThat(post(program, "/nodes/fs1/out")).isBetween(200, 299);
            redis.start();
            BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
            try (RedisStores other = RedisStores.connect(url());
                    Subscription watch = other.sharedState().watch("admin/fs1", changes::add)) {
                assertThat(watch).isNotNull();
                assertThat(changes.poll(20, TimeUnit.SECONDS)).isInstanceOf(SharedChange.Put.class);
            }
        }
    }

    @Test
    void aStoreThatRefusesUs_isAFailureOfTheStart() {
        ProxyConfig config = config("postgres: {url: \"jdbc:postgresql://127.0.0.1/x\", schema: \"No Schema\"}");
        assertThatThrownBy(() -> ProxyProgram.start(config, nodes(config)))
                .isInstanceOf(StartFailure.class)
                .hasMessageStartingWith("store: ")
                .hasMessageContaining("schema");
    }
}
