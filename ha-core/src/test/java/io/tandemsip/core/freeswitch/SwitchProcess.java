package io.tandemsip.core.freeswitch;

import io.tandemsip.node.Node;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A {@link ScriptedSwitch} in a process of its own, so that it can be killed. Ends with this process. Confined to one thread. */
final class SwitchProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader says;
    private final int sipPort;
    private final int eventSocketPort;

    private SwitchProcess(Process process) throws IOException {
        this.process = process;
        says = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        sipPort = Integer.parseInt(line());
        eventSocketPort = Integer.parseInt(line());
    }

    static SwitchProcess start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new SwitchProcess(new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        whereItIs(SwitchProcess.class)
                                + File.pathSeparator
                                + whereItIs(FreeSwitchProbe.class)
                                + File.pathSeparator
                                + whereItIs(Node.class),
                        SwitchProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private static String whereItIs(Class<?> type) throws IOException {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new IOException(impossible);
        }
    }

    /** In the other process: says its ports, then a line when a router knows it, and ends when its input does. */
    public static void main(String... args) throws Exception {
        try (ScriptedSwitch node = new ScriptedSwitch()) {
            System.out.println(node.sipPort());
            System.out.println(node.port());
            System.out.println(node.awaitCommand("api fsctl shutdown_check"));
            while (System.in.read() >= 0) {}
        }
    }

    private String line() throws IOException {
        return Objects.requireNonNull(says.readLine(), "the other process ended");
    }

    Node node(String id) {
        return Node.of(id, "sip:127.0.0.1:" + sipPort).toBuilder()
                .attribute(FreeSwitchProbe.EVENT_SOCKET, "127.0.0.1:" + eventSocketPort)
                .build();
    }

    /** Waits until a router asked it all it asks at first. */
    void awaitKnown() throws IOException {
        line();
    }

    /** Another connection to its event socket, as a router's beside it: when this machine saw that it ended, by {@code nanoTime}. */
    CompletableFuture<Long> endSeenNanos() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), eventSocketPort);
        CompletableFuture<Long> seen = new CompletableFuture<>();
        Thread watch = new Thread(
                () -> {
                    try (socket) {
                        while (socket.getInputStream().read() >= 0) {}
                    } catch (IOException reset) {
                        // an end as good as the other
                    }
                    seen.complete(System.nanoTime());
                },
                "switch-process-end");
        watch.setDaemon(true);
        watch.start();
        return seen;
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
