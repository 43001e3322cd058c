package io.tandemsip.examples.benchmarks.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of the system's own binaries, with their defaults but for its memory, that ends with the benchmark. Confined to one thread. */
final class LocalPostgres implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Path directory;
    private final Process process;
    private final int port;

    LocalPostgres() throws IOException, InterruptedException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        directory = Files.createTempDirectory("tandem-benchmark-postgres");
        String data = directory.resolve("data").toString();
        Process made = begin("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
        if (made.waitFor() != 0) {
            throw new IOException("initdb failed");
        }
        List<String> settings = List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "shared_buffers=1GB",
                "max_wal_size=8GB",
                "checkpoint_timeout=30min");
        List<String> arguments = new ArrayList<>(List.of("-D", data, "-p", String.valueOf(port)));
        settings.forEach(each -> arguments.addAll(List.of("-c", each)));
        process = begin("postgres", arguments.toArray(String[]::new));
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        awaitReady();
    }

    /** PostgreSQL won't run as root; as root it gets a namespace in which it is nobody. */
    private Process begin(String binary, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(path(binary));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(binary + ".log").toFile())
                .start();
    }

    /** Debian keeps them out of the PATH; of several versions the newest. */
    private static String path(String binary) throws IOException {
        Path versions = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(versions)) {
            try (Stream<Path> found = Files.list(versions)) {
                return found.map(version -> version.resolve("bin").resolve(binary))
                        .filter(Files::isExecutable)
                        .max(Comparator.naturalOrder())
                        .map(Path::toString)
                        .orElse(binary);
            }
        }
        return binary;
    }

    private void awaitReady() throws IOException {
        long beganNanos = System.nanoTime();
        while (true) {
            try (Connection connection = DriverManager.getConnection(url())) {
                System.out.println("PostgreSQL " + connection.getMetaData().getDatabaseProductVersion()
                        + " by the system's binaries");
                return;
            } catch (SQLException notYet) {
                if (!process.isAlive() || System.nanoTime() - beganNanos > START_NANOS) {
                    throw new IOException("postgres does not start, see " + directory, notYet);
                }
            }
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.waitFor(1, TimeUnit.MINUTES);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
