package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A SIPp process with one scenario. Thread-safe. */
final class Sipp implements AutoCloseable {
    private static final Path BINARY = Path.of("/usr/bin/sipp");
    private static final Path FOLDER = Path.of("target", "sipp");

    private final String name;
    private final Path folder;
    private final Process process;

    private Sipp(String name, Path folder, Process process) {
        this.name = name;
        this.folder = folder;
        this.process = process;
    }

    /** Skips the test, visibly, where there is no SIPp. */
    static void assumeInstalled() {
        assumeTrue(Files.isExecutable(BINARY), "skipped: no SIPp at " + BINARY);
    }

    /** A node that serves a scenario until it is closed. */
    static Sipp node(String scenario, int port, String... options) {
        List<String> command = new ArrayList<>(List.of("-p", Integer.toString(port)));
        command.addAll(List.of(options));
        Sipp node = start(scenario, command);
        SippPorts.awaitBound(port);
        return node;
    }

    /** A node that is reached by TCP. */
    static Sipp tcpNode(String scenario, int port, String... options) {
        List<String> command = new ArrayList<>(List.of("-p", Integer.toString(port), "-t", "t1"));
        command.addAll(List.of(options));
        Sipp node = start(scenario, command);
        SippPorts.awaitAccepting(port);
        return node;
    }

    /** Calls through the proxy. */
    static Sipp caller(String scenario, int port, int proxyPort, int calls, int perSecond, String... options) {
        List<String> command = new ArrayList<>(List.of(
                "127.0.0.1:" + proxyPort,
                "-p",
                Integer.toString(port),
                "-m",
                Integer.toString(calls),
                "-r",
                Integer.toString(perSecond),
                "-timeout",
                "60s",
                "-timeout_error",
                "-trace_rtt",
                "-rtt_freq",
                "1"));
        command.addAll(List.of(options));
        return start(scenario, command);
    }

    private static Sipp start(String scenario, List<String> options) {
        try {
            Files.createDirectories(FOLDER);
            Path folder = Files.createTempDirectory(FOLDER.toAbsolutePath(), scenario + "-");
            List<String> command = new ArrayList<>(List.of(
                    BINARY.toString(),
                    "-sf",
                    scenarioFile(scenario).toString(),
                    "-i",
                    "127.0.0.1",
                    "-nostdin",
                    "-trace_err",
                    "-trace_msg"));
            command.addAll(options);
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("screen.txt").toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            return new Sipp(scenario, folder, process);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Path scenarioFile(String scenario) {
        try {
            return Path.of(Sipp.class.getResource("/sipp/" + scenario + ".xml").toURI());
        } catch (URISyntaxException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Waits for the end of a caller, and checks that every call went as its scenario says. */
    void assertSucceeds() throws InterruptedException {
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).as(name + " ended").isTrue();
        assertThat(process.exitValue())
                .as("%s: exit status; see %s%n%s", name, folder, errors())
                .isZero();
    }

    /** How long the calls took to be answered. */
    List<Double> answerMillis() {
        List<Double> millis = new ArrayList<>();
        for (String line : linesOf("_rtt.csv")) {
            String[] cells = line.split(";", -1);
            if (cells.length >= 3 && !cells[0].startsWith("Date")) {
                millis.add(Double.parseDouble(cells[1]));
            }
        }
        return millis;
    }

    private String errors() {
        List<String> lines = linesOf("_errors.log");
        return String.join("\n", lines.subList(0, Math.min(60, lines.size())));
    }

    /** What it received and sent, line by line. */
    List<String> messages() {
        return linesOf("_messages.log");
    }

    private List<String> linesOf(String suffix) {
        try (var files = Files.list(folder)) {
            List<String> lines = new ArrayList<>();
            for (Path file :
                    files.filter(each -> each.toString().endsWith(suffix)).toList()) {
                lines.addAll(Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
            return lines;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Ends it with SIGKILL: no BYE, no ICMP before the port is closed, nothing in order. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
