package io.tandemsip.examples.haproxy.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tandemsip.HaRouter;
import io.tandemsip.examples.haproxy.config.HttpConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves operators: nodes, drains, events and explanations as JSON. It asks nobody who they are, so it belongs on
 * loopback; orders that a browser sends for a page (they carry Origin) are refused. Thread-safe.
 */
public final class OperatorEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorEndpoint.class);
    private static final int THREADS = 8;
    private static final int NO_BACKLOG_WISH = 0;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads;
    private final Operations operations;

    private OperatorEndpoint(HttpServer server, ExecutorService threads, Operations operations) {
        this.server = server;
        this.threads = threads;
        this.operations = operations;
    }

    /**
     * Begins to serve.
     *
     * @param config where
     * @param router whose nodes
     * @param defaultPool the pool that explanations are about unless told otherwise
     * @throws IOException if the port is taken
     */
    public static OperatorEndpoint start(HttpConfig config, HaRouter router, String defaultPool) throws IOException {
        InetAddress address = InetAddress.getByName(config.host());
        if (!address.isLoopbackAddress()) {
            LOG.warn("http: {} is not loopback; whoever reaches it can drain nodes", config.host());
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(address, config.port()), NO_BACKLOG_WISH);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "ha-proxy-http");
            thread.setDaemon(true);
            return thread;
        });
        OperatorEndpoint endpoint = new OperatorEndpoint(server, threads, new Operations(router, defaultPool));
        server.createContext("/", endpoint::serve);
        server.setExecutor(threads);
        server.start();
        return endpoint;
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, reply(exchange));
        }
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        try {
            boolean orders = exchange.getRequestMethod().equals("POST");
            if (orders && exchange.getRequestHeaders().containsKey("Origin")) {
                return Reply.problem(403, "Origin", origin(exchange), "no order from a web page");
            }
            return operations.answer(Ask.of(exchange));
        } catch (Refusal refused) {
            return refused.reply();
        } catch (RuntimeException broken) {
            LOG.error(
                    "{} {} failed",
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    broken);
            return Reply.problem(500, "router", String.valueOf(broken.getMessage()), "an outcome");
        }
    }

    private static String origin(HttpExchange exchange) {
        return String.valueOf(exchange.getRequestHeaders().getFirst("Origin"));
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        byte[] body = (JSON.writeValueAsString(reply.body()) + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(reply.status(), body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
