package io.tandemsip.core.probe;

import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One process that a probe started. Thread-safe: the first result counts. */
final class CommandRun {
    private static final int LONGEST_LINE = 200;
    private static final int BUFFER = 4_096;

    private final List<String> command;
    private final Node node;
    private final CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    private final CompletableFuture<String> firstLine = new CompletableFuture<>();
    private @Nullable Process process;
    private boolean killed;

    CommandRun(List<String> command, Node node) {
        this.command = command;
        this.node = node;
    }

    CompletableFuture<ProbeResult> result() {
        return result;
    }

    /** Runs it to its end, or until it is killed. */
    void start(Executor readers) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("TANDEM_NODE", node.id().value());
        environment.put("TANDEM_HOST", node.destination().host());
        environment.put("TANDEM_PORT", Integer.toString(node.destination().port()));
        environment.put("TANDEM_TRANSPORT", node.destination().transport().name());
        long begun = System.nanoTime();
        Process started = builder.start();
        if (!adopt(started)) {
            destroy(started);
        }
        started.getOutputStream().close();
        readers.execute(() -> read(started.getInputStream()));
        int status = started.onExit().join().exitValue();
        result.complete(judge(status, Duration.ofNanos(Math.max(1, System.nanoTime() - begun))));
        destroy(started);
    }

    private synchronized boolean adopt(Process started) {
        process = started;
        return !killed;
    }

    /** Ends it with all that it started, now or as soon as it is there. */
    void kill() {
        Process now;
        synchronized (this) {
            killed = true;
            now = process;
        }
        if (now != null) {
            destroy(now);
        }
    }

    /** What a killed process left running still holds the pipe, so that is closed too. */
    private static void destroy(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Reads all, so that nobody waits for a full pipe, and keeps the first line. */
    private void read(InputStream output) {
        StringBuilder line = new StringBuilder();
        byte[] buffer = new byte[BUFFER];
        try (output) {
            for (int length = output.read(buffer); length >= 0; length = output.read(buffer)) {
                if (!firstLine.isDone()) {
                    line.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
                    tellLine(line);
                }
            }
        } catch (IOException cut) {
            // the process was killed; what came before is what it said
        }
        firstLine.complete(text(line, line.length()));
    }

    private void tellLine(StringBuilder line) {
        int end = line.indexOf("\n");
        if (end >= 0 || line.length() > LONGEST_LINE) {
            firstLine.complete(text(line, end < 0 ? LONGEST_LINE : end));
        }
    }

    private static String text(StringBuilder line, int end) {
        return line.substring(0, Math.min(LONGEST_LINE, end))
                .replaceAll("\\p{Cntrl}", " ")
                .trim();
    }

    private ProbeResult judge(int status, Duration took) {
        return switch (status) {
            case 0 -> new ProbeResult.Alive(took, NodeReport.NONE);
            case 1 -> new ProbeResult.NotReady(said(status));
            case 2 -> new ProbeResult.Overloaded(Duration.ZERO, NodeReport.NONE);
            default -> new ProbeResult.LocalError(said(status));
        };
    }

    /** The pipe of a process that ended is read to its end at once; one that another process holds is not waited for. */
    private String said(int status) {
        String line =
                firstLine.completeOnTimeout("", 100, TimeUnit.MILLISECONDS).join();
        return command.get(0) + " ended with " + status + (line.isEmpty() ? "" : ": " + line);
    }
}
