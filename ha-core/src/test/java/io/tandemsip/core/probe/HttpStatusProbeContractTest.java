package io.tandemsip.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.HealthProbeContract;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The path that is asked is the node's name. */
class HttpStatusProbeContractTest extends HealthProbeContract {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<String> offers = new ConcurrentLinkedQueue<>();
    private final HttpServer server;
    private final ServerSocket mute = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
    private final HttpStatusProbe probe = HttpStatusProbe.of(
            node -> URI.create("http://127.0.0.1:" + node.destination().port() + "/" + node.id()));

    HttpStatusProbeContractTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 200);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        offers.addAll(exchange.getRequestHeaders().getOrDefault("Upgrade", List.of()));
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/endless")) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
            return;
        }
        exchange.getResponseHeaders().add("Retry-After", "7");
        exchange.getResponseHeaders().add("Location", "/200");
        exchange.sendResponseHeaders(Integer.parseInt(path.substring(1)), -1);
        exchange.close();
    }

    private Node page(String name) {
        return Node.of(name, "sip:127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    protected HealthProbe probe() {
        return probe;
    }

    @Override
    protected Node aliveNode() {
        return page("204");
    }

    @Override
    protected Node silentNode() {
        return Node.of("n", "sip:127.0.0.1:" + mute.getLocalPort());
    }

    @Override
    protected Node deadNode() throws Exception {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return Node.of("n", "sip:127.0.0.1:" + closed.getLocalPort());
        }
    }

    @Override
    protected Class<? extends ProbeResult> deadResult() {
        return ProbeResult.Refused.class;
    }

    @AfterEach
    void close() throws IOException {
        probe.close();
        mute.close();
        server.stop(0);
        threads.shutdownNow();
    }

    /** Fails when a redirect is followed, or a status is taken for another. */
    @Test
    void theStatus_isToldApart() throws Exception {
        assertThat(ask(page("200"), LONG)).isInstanceOf(ProbeResult.Alive.class);
        assertThat(ask(page("302"), LONG)).isEqualTo(new ProbeResult.NotReady("HTTP status 302"));
        assertThat(ask(page("404"), LONG)).isEqualTo(new ProbeResult.NotReady("HTTP status 404"));
        assertThat(ask(page("500"), LONG)).isInstanceOf(ProbeResult.NotReady.class);
        for (String busy : new String[] {"503", "429"}) {
            assertThat(((ProbeResult.Overloaded) ask(page(busy), LONG)).retryAfter())
                    .isEqualTo(Duration.ofSeconds(7));
        }
    }

    /** Fails when 2xx is alive whatever was asked for, or 503 is overloaded though it is what was asked for. */
    @Test
    void otherStatuses_canBeTheAliveOnes() throws Exception {
        Function<Node, URI> page =
                node -> URI.create("http://127.0.0.1:" + node.destination().port() + "/" + node.id());
        try (HttpStatusProbe strict = HttpStatusProbe.of(page, Set.of(401, 503))) {
            assertThat(strict.probe(page("401"), LONG).toCompletableFuture().get())
                    .isInstanceOf(ProbeResult.Alive.class);
            assertThat(strict.probe(page("503"), LONG).toCompletableFuture().get())
                    .isInstanceOf(ProbeResult.Alive.class);
            assertThat(strict.probe(page("200"), LONG).toCompletableFuture().get())
                    .isEqualTo(new ProbeResult.NotReady("HTTP status 200"));
        }
        assertThatThrownBy(() -> HttpStatusProbe.of(page, Set.of()))
                .hasMessage("alive: []; expected one or more of 200 to 599");
    }

    /** Fails when the exchange that is cancelled at the timeout is held against the page. */
    @Test
    void theEndOfTheWait_isNoAnswer_whicheverTimerIsFirst() {
        for (Throwable end : List.of(
                new CancellationException(),
                new CompletionException(new CancellationException()),
                new CompletionException(new HttpTimeoutException("planted")))) {
            assertThat(HttpStatusProbe.judge(end, SHORT)).isEqualTo(new ProbeResult.NoAnswer(SHORT));
        }
    }

    /** Fails when the client is left to offer HTTP/2. */
    @Test
    void theRequest_offersNoOtherProtocol() throws Exception {
        assertThat(ask(page("200"), LONG)).isInstanceOf(ProbeResult.Alive.class);
        assertThat(offers).isEmpty();
    }

    /** Fails when the result waits for the end of the body. */
    @Test
    void aBodyWithoutEnd_isNotWaitedFor() throws Exception {
        assertThat(ask(page("endless"), LONG)).isInstanceOf(ProbeResult.Alive.class);
    }

    @Test
    void aPortAndAPath_makeThePageOfEachNode() throws Exception {
        try (HttpStatusProbe fixed = HttpStatusProbe.at(server.getAddress().getPort(), "/200")) {
            assertThat(fixed.probe(deadNode(), LONG).toCompletableFuture().get())
                    .isInstanceOf(ProbeResult.Alive.class);
        }
        assertThatThrownBy(() -> HttpStatusProbe.at(0, "/")).hasMessage("port: 0; expected 1 to 65535");
        assertThatThrownBy(() -> HttpStatusProbe.at(80, "x")).hasMessageContaining("path: \"x\"");
    }

    @Test
    void whatCannotBeAsked_isALocalError() throws Exception {
        try (HttpStatusProbe broken = HttpStatusProbe.of(node -> URI.create("mailto:x"));
                HttpStatusProbe unknown = HttpStatusProbe.of(node -> URI.create("http://no-such-host.invalid/"))) {
            assertThat(broken.probe(page("200"), LONG).toCompletableFuture().get())
                    .isInstanceOf(ProbeResult.LocalError.class);
            assertThat(unknown.probe(page("200"), LONG).toCompletableFuture().get())
                    .isInstanceOf(ProbeResult.LocalError.class);
        }
    }
}
