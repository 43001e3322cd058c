package io.tandemsip.jainsip;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A real baresip as a user's phone on loopback: does what it is told and tells what it did. One user. */
final class Baresip implements AutoCloseable {
    private static final Path BINARY = Path.of("/usr/bin/baresip");
    private static final Path MODULES = Path.of("/usr/lib/baresip/modules");
    private static final Path FOLDER = Path.of("target", "baresip");
    private static final int PATIENCE_SECONDS = 30;
    private static final String CONFIG = """
            poll_method epoll
            net_interface 127.0.0.1
            audio_player aubridge,nil
            audio_source aubridge,nil
            audio_alert aubridge,nil
            module_path %s
            module g711.so
            module aubridge.so
            module_tmp uuid.so
            module_tmp account.so
            module_app menu.so
            module_app ctrl_tcp.so
            ctrl_tcp_listen 127.0.0.1:%d
            """;

    private final Process process;
    private final Path log;
    private final Socket control;
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private Baresip(Process process, Path log, Socket control) {
        this.process = process;
        this.log = log;
        this.control = control;
    }

    /** Skips the test, visibly, where there is no baresip. */
    static void assumeInstalled() {
        assumeTrue(Files.isExecutable(BINARY), "skipped: no baresip at " + BINARY);
        assumeTrue(Files.isDirectory(MODULES), "skipped: no modules of baresip at " + MODULES);
    }

    /**
     * Starts one, which registers at once.
     *
     * @param user of example.org
     * @param proxyPort through which all goes
     * @param transport udp or tcp
     */
    static Baresip start(String user, int proxyPort, String transport) throws IOException {
        Files.createDirectories(FOLDER);
        Path folder = Files.createTempDirectory(FOLDER.toAbsolutePath(), user + '-');
        int controlPort = SippPorts.free();
        Files.writeString(folder.resolve("config"), CONFIG.formatted(MODULES, controlPort));
        Files.writeString(
                folder.resolve("accounts"),
                "<sip:" + user + "@example.org;transport=" + transport + ">;outbound=\"sip:127.0.0.1:" + proxyPort
                        + ";transport=" + transport + "\";regint=600;auth_pass=x;audio_codecs=pcmu\n");
        Files.writeString(folder.resolve("contacts"), "");
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(BINARY.toString(), "-f", folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        try {
            Baresip phone = new Baresip(process, log, control(process, controlPort));
            Thread reader = new Thread(phone::read, "baresip");
            reader.setDaemon(true);
            reader.start();
            return phone;
        } catch (IllegalStateException silent) {
            process.destroyForcibly();
            throw new IllegalStateException(Files.readString(log), silent);
        }
    }

    /** Its port is open once it has begun. */
    private static Socket control(Process process, int port) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (IOException notYet) {
                LockSupport.parkNanos(20_000_000);
            }
        }
        throw new IllegalStateException("baresip does not accept at port " + port);
    }

    /** Tells it to do something, as its menu names it. */
    void does(String command, String parameter) throws IOException {
        byte[] text =
                ("{\"command\":\"" + command + "\",\"params\":\"" + parameter + "\"}").getBytes(StandardCharsets.UTF_8);
        byte[] head = (text.length + ":").getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[head.length + text.length + 1];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(text, 0, all, head.length, text.length);
        all[all.length - 1] = ',';
        control.getOutputStream().write(all);
        control.getOutputStream().flush();
    }

    /** Waits for an event of its; those before it are passed over. */
    String awaits(String type) throws Exception {
        StringBuilder seen = new StringBuilder();
        for (String next = poll(); next != null; next = poll()) {
            if (next.contains("\"type\":\"" + type + '"')) {
                return next;
            }
            seen.append(next).append('\n');
        }
        throw new AssertionError("no " + type + " after\n" + seen + Files.readString(log));
    }

    private @Nullable String poll() throws InterruptedException {
        return events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Netstrings: a length, a colon, so many bytes, a comma. */
    private void read() {
        try {
            InputStream in = new BufferedInputStream(control.getInputStream());
            int length = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == ':') {
                    String event = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                    if (event.startsWith("{\"event\":true") && !event.contains("\"type\":\"VU_")) {
                        events.add(event);
                    }
                    length = 0;
                } else if (next != ',') {
                    length = length * 10 + next - '0';
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    @Override
    public void close() throws IOException {
        control.close();
        process.destroyForcibly();
    }
}
