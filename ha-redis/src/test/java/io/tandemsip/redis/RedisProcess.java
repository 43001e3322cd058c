package io.tandemsip.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A Redis server, or a Sentinel, as a process of its own that things are done to; it ends with the tests. Thread-safe. */
final class RedisProcess implements AutoCloseable {
    private static final String READY = "Ready to accept connections";
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 22_700;
    private static final int BUS = 10_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final Path binary;
    private final Path directory;
    private final List<String> options;
    private final int port;
    private final List<String> log = new ArrayList<>();
    private Process process;

    private RedisProcess(Path binary, Path directory, int port, List<String> options) {
        this.binary = binary;
        this.directory = directory;
        this.port = port;
        this.options = options;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** Without persistence, on a port of its own. */
    static RedisProcess server(Path binary, String... more) {
        int port = freePort();
        List<String> options = new ArrayList<>(
                List.of("--port", String.valueOf(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
        options.addAll(List.of(more));
        RedisProcess server = new RedisProcess(binary, newDirectory(), port, options);
        server.start();
        return server;
    }

    /** Watches a primary that it takes for dead after half a second. */
    static RedisProcess sentinel(Path binary, String primary, int primaryPort, int quorum) {
        int port = freePort();
        Path directory = newDirectory();
        try {
            Path configuration = Files.writeString(
                    directory.resolve("sentinel.conf"),
                    String.join(
                            "\n",
                            "port " + port,
                            "bind 127.0.0.1",
                            "sentinel monitor " + primary + " 127.0.0.1 " + primaryPort + " " + quorum,
                            "sentinel down-after-milliseconds " + primary + " 500",
                            "sentinel failover-timeout " + primary + " 3000",
                            ""));
            RedisProcess sentinel =
                    new RedisProcess(binary, directory, port, List.of(configuration.toString(), "--sentinel"));
            sentinel.run();
            sentinel.awaitLog(line -> line.contains("+monitor"));
            return sentinel;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("tandem-redis");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Free together with the one that is higher by 10,000, where servers of a Cluster talk; both below what the system gives
     * to connections, and neither given twice.
     */
    static int freePort() {
        for (int tries = 0; tries < 1_000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            if (GIVEN.add(port) && isFree(port) && isFree(port + BUS)) {
                return port;
            }
        }
        throw new IllegalStateException("no port is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    void start() {
        run();
        awaitLog(line -> line.contains(READY));
    }

    private void run() {
        synchronized (log) {
            log.clear();
        }
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(options);
        try {
            Process started = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            process = started;
            Thread reader = new Thread(() -> readLog(started), "log of redis " + port);
            reader.setDaemon(true);
            reader.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void readLog(Process of) {
        try (BufferedReader lines = of.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                    log.notifyAll();
                }
            }
        } catch (IOException ended) {
            // as the process did
        }
    }

    /** Waits until the server said something since it was started. */
    void awaitLog(Predicate<String> wanted) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        synchronized (log) {
            while (log.stream().noneMatch(wanted)) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
                if (leftMillis <= 0) {
                    throw new AssertionError("the server did not say what was waited for, but: " + log);
                }
                try {
                    log.wait(leftMillis);
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            }
        }
    }

    int port() {
        return port;
    }

    Path directory() {
        return directory;
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** It stands still; connections to it stay open and are even accepted. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** As {@code kill -9}. */
    void kill() {
        end(process.destroyForcibly());
    }

    void stop() {
        process.destroy();
        end(process);
    }

    private void signal(String name) {
        try {
            end(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void end(Process ending) {
        try {
            if (!ending.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + ending.pid() + " does not end");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException gone) {
            // then there is nothing to remove
        }
    }
}
