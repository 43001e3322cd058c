package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Kamailio that sends calls to one next hop, by UDP or TCP, stays on their path, and answers OPTIONS. Thread-safe. */
final class Kamailio implements AutoCloseable {
    private static final Path BINARY = Path.of("/usr/sbin/kamailio");
    private static final Path FOLDER = Path.of("target", "kamailio");
    private static final String SCRIPT = """
            #!KAMAILIO
            debug=1
            log_stderror=yes
            fork=yes
            children=1
            tcp_children=1
            auto_aliases=no
            listen=udp:127.0.0.1:%1$d
            listen=tcp:127.0.0.1:%1$d
            loadmodule "tm.so"
            loadmodule "sl.so"
            loadmodule "rr.so"
            loadmodule "pv.so"
            loadmodule "maxfwd.so"
            loadmodule "textops.so"
            loadmodule "siputils.so"
            request_route {
                if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
                if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
                if (has_totag()) {
                    if (loose_route()) { t_relay(); exit; }
                    if (is_method("ACK")) { if (t_check_trans()) { t_relay(); } exit; }
                    sl_send_reply("404", "Not here");
                    exit;
                }
                if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
                if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
                record_route();
                $du = "%2$s";
                t_relay();
            }
            """;

    private final Process process;
    private final Path log;

    private Kamailio(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Skips the test, visibly, where there is no Kamailio. */
    static void assumeInstalled() {
        assumeTrue(Files.isExecutable(BINARY), "skipped: no Kamailio at " + BINARY);
    }

    /**
     * Starts one.
     *
     * @param port by UDP and TCP
     * @param nextHop where calls go, as a SIP URI
     */
    static Kamailio start(int port, String nextHop) throws IOException {
        Files.createDirectories(FOLDER);
        Path folder = Files.createTempDirectory(FOLDER.toAbsolutePath(), "k");
        Path script = Files.writeString(folder.resolve("kamailio.cfg"), SCRIPT.formatted(port, nextHop));
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(List.of(
                        BINARY.toString(),
                        "-DD",
                        "-E",
                        "-m",
                        "32",
                        "-M",
                        "4",
                        "-f",
                        script.toString(),
                        "-w",
                        folder.toString(),
                        "-Y",
                        folder.toString(),
                        "-P",
                        folder.resolve("pid").toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        Kamailio kamailio = new Kamailio(process, log);
        try {
            SippPorts.awaitBound(port);
            SippPorts.awaitAccepting(port);
        } catch (IllegalStateException silent) {
            kamailio.close();
            throw new IllegalStateException(Files.readString(log), silent);
        }
        return kamailio;
    }

    /** Checks that it has seen nothing that it takes for an error. */
    void assertHadNoErrors() throws IOException {
        assertThat(Files.readAllLines(log)).noneMatch(line -> line.contains("ERROR") || line.contains("CRITICAL"));
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
