package io.tandemsip.examples.tworouters;

import io.tandemsip.examples.haproxy.Main;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One router: the program of {@code examples/ha-proxy} in a process of its own. Thread-safe. */
final class RouterProcess implements AutoCloseable {
    private static final Duration MOST_WAIT = Duration.ofSeconds(10);
    private static final long MOST_START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(MOST_WAIT).build();

    private final String name;
    private final int number;
    private final int port;
    private final int httpPort;
    private final Path log;
    private final Process process;

    private RouterProcess(String name, int number, int port, int httpPort, Path log, Process process) {
        this.name = name;
        this.number = number;
        this.port = port;
        this.httpPort = httpPort;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts a router, without waiting for it.
     *
     * @param number from 0: says at which loopback address
     * @param port its own, which is the switch's too
     * @param pool the nodes, as the configuration file has them under {@code nodes:}
     * @param store the store, as the file has it under {@code store:}
     * @param folder for its configuration and its log
     */
    static RouterProcess start(int number, int port, String pool, String store, Path folder) throws IOException {
        return configured(number, port, "nodes:\n" + pool.indent(2), "store:\n  " + store, folder);
    }

    /**
     * Starts a router, without waiting for it.
     *
     * @param number from 0: says at which loopback address
     * @param port its own, which is the switch's too
     * @param media the pool, as the configuration file has it under {@code media:}
     * @param more sections of the configuration file
     * @param folder for its configuration and its log
     */
    static RouterProcess configured(int number, int port, String media, String more, Path folder) throws IOException {
        String listen = """
                listen:
                  - {transport: udp, host: %s, port: %d}
                advertisedHost: 127.0.0.1
                """.formatted(Loopback.router(number), port);
        return listening(number, port, listen, media, more, folder);
    }

    /**
     * Starts a router, without waiting for it.
     *
     * @param number from 0: says at which loopback address
     * @param port its own for UDP
     * @param listen the sections of the configuration file that say where it listens
     * @param media the pool, as the configuration file has it under {@code media:}
     * @param more sections of the configuration file
     * @param folder for its configuration and its log
     */
    static RouterProcess listening(int number, int port, String listen, String media, String more, Path folder)
            throws IOException {
        String name = "router-" + (char) ('a' + number);
        int httpPort = Loopback.tcpPort();
        Path config = Files.writeString(folder.resolve(name + ".yaml"), """
                %s
                pools:
                  media:
                %s
                http: {port: %d}
                %s
                """.formatted(
                        listen, media.indent(4).stripTrailing(), httpPort, more));
        Path log = folder.resolve(name + ".log");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", // it lives for seconds: the second compiler would take the processor
                        // from the calls
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--config",
                        config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new RouterProcess(name, number, port, httpPort, log, process);
    }

    String name() {
        return name;
    }

    /** Where its SIP comes in. */
    InetSocketAddress sip() {
        return new InetSocketAddress(Loopback.router(number), port);
    }

    /** Waits until it can take calls. */
    void awaitReady() throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + MOST_START_NANOS;
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() - endNanos > 0) {
                throw new IOException(name + " does not get ready:\n" + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return answer("GET", "/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What its endpoint answers. */
    String get(String path) throws IOException, InterruptedException {
        return good("GET", path);
    }

    /** Gives an order at its endpoint. */
    String post(String path) throws IOException, InterruptedException {
        return good("POST", path);
    }

    private String good(String method, String path) throws IOException, InterruptedException {
        HttpResponse<String> response = answer(method, path);
        if (response.statusCode() != 200) {
            throw new IOException(
                    name + ": " + method + ' ' + path + ": " + response.statusCode() + ' ' + response.body());
        }
        return response.body();
    }

    private HttpResponse<String> answer(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                .timeout(MOST_WAIT)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Whether it obeys an order: the admin state that it has a node in. */
    boolean has(String node, String adminState) throws IOException, InterruptedException {
        String nodes = get("/nodes").replaceAll("\\s", "");
        int at = nodes.indexOf("\"id\":\"" + node + '"');
        return at >= 0
                && nodes.startsWith("\"admin\":{\"state\":\"" + adminState + '"', nodes.indexOf("\"admin\"", at));
    }

    /** Waits until it has a node in an admin state. */
    void await(String node, String adminState, Duration most) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + most.toNanos();
        while (!has(node, adminState)) {
            if (System.nanoTime() - endNanos > 0) {
                throw new IOException(
                        name + " does not have " + node + " " + adminState + " after " + most + ": " + get("/nodes"));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /** What it has printed. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** Ends it as a crash does. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
