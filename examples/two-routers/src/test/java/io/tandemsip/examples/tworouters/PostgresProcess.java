package io.tandemsip.examples.tworouters;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL that things are done to, on one port and one directory throughout. Confined to one thread. */
final class PostgresProcess implements AutoCloseable {
    private static final int MOST_SIGNAL_SECONDS = 10;

    private final Path directory;
    private final int port;
    private EmbeddedPostgres running;

    PostgresProcess() throws IOException {
        port = Loopback.tcpPort();
        directory = Files.createTempDirectory("tandem-postgres").resolve("data");
        running = run();
    }

    private EmbeddedPostgres run() throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    int port() {
        return port;
    }

    void stop() throws IOException {
        running.close();
    }

    void start() throws IOException {
        running = run();
    }

    /** All its processes stand still; connections to it stay open and are even accepted. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        long main = Long.parseLong(
                Files.readAllLines(directory.resolve("postmaster.pid")).get(0).strip());
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        Stream.concat(
                        Stream.of(main),
                        ProcessHandle.of(main).orElseThrow().descendants().map(ProcessHandle::pid))
                .forEach(pid -> command.add(String.valueOf(pid)));
        Process kill = new ProcessBuilder(command).inheritIO().start();
        if (!kill.waitFor(MOST_SIGNAL_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("kill -" + name + " does not end");
        }
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
