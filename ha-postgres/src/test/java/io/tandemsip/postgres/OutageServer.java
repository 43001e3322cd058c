package io.tandemsip.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server from Maven's binaries that things are done to, on one port and one directory throughout. Confined to one thread. */
final class OutageServer implements AutoCloseable {
    private final Path directory;
    private final int port;
    private EmbeddedPostgres running;

    OutageServer() {
        try {
            directory = Files.createTempDirectory("tandem-postgres").resolve("data");
            port = freePort();
            start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private OutageServer(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** A standby that follows this server from now on, and is read-only until it is promoted. */
    OutageServer standby() {
        try {
            Path copy = Files.createTempDirectory("tandem-postgres-standby").resolve("data");
            stop();
            if (execute(List.of("cp", "-a", directory.toString(), copy.toString())) != 0) {
                throw new IllegalStateException("no copy of " + directory);
            }
            start();
            OutageServer standby = new OutageServer(copy, freePort());
            Files.createFile(copy.resolve("standby.signal"));
            standby.follow("host=127.0.0.1 port=" + port + " user=postgres");
            standby.start();
            return standby;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Whom this standby follows from its next start or reload of the configuration on; empty for nobody. */
    void follow(String primary) {
        try {
            Files.writeString(
                    directory.resolve("postgresql.auto.conf"),
                    "primary_conninfo = '" + primary + "'\n",
                    StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** All its processes are killed, as when the machine loses its power. */
    void kill() {
        signal("KILL");
    }

    /** A URL of the driver with this server and another one. */
    String urlWith(OutageServer other) {
        return "jdbc:postgresql://127.0.0.1:" + port + ",127.0.0.1:" + other.port + "/postgres?user=postgres";
    }

    int port() {
        return port;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void start() {
        try {
            running = EmbeddedPostgres.builder()
                    .setDataDirectory(directory)
                    .setCleanDataDirectory(false)
                    .setPort(port)
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void stop() {
        try {
            running.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    /** As from another user, without the password that the server is told to ask for. */
    String urlWithoutUser() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** From now on the server asks this role for a password. */
    void askForPassword(String role) {
        try {
            Path rules = directory.resolve("pg_hba.conf");
            Files.writeString(rules, "host all " + role + " all scram-sha-256\n" + Files.readString(rules));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** All its processes stand still; connections to it stay open and are even accepted. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** To all its processes. The main one stands still meanwhile: what it began after the others were looked up would be missed. */
    private void signal(String name) {
        try {
            ProcessHandle main = ProcessHandle.of(Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid"))
                            .get(0)
                            .strip()))
                    .orElseThrow();
            send("STOP", Stream.of(main));
            send(name, Stream.concat(main.descendants(), Stream.of(main)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void send(String signal, Stream<ProcessHandle> processes) throws IOException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        processes.forEach(process -> command.add(String.valueOf(process.pid())));
        int unusedAsSomeEndByThemselves = execute(command);
    }

    private static int execute(List<String> command) throws IOException {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(command + " does not end");
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
