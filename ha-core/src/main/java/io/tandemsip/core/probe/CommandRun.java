package io.tandemsip.core.probe;

import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One process that a probe started. Thread-safe: the first result counts. */
final class CommandRun {
    private static final long LOOK_EVERY_MILLIS = 5;

    private final List<String> command;
    private final Node node;
    private final CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    private @Nullable Process process;
    private boolean killed;

    CommandRun(List<String> command, Node node) {
        this.command = command;
        this.node = node;
    }

    CompletableFuture<ProbeResult> result() {
        return result;
    }

    /** Runs it to its end, or until there is a result without it: then it is killed, by this thread. */
    void start() throws IOException, InterruptedException {
        if (result.isDone()) {
            return;
        }
        long begun = System.nanoTime();
        Process started = builder().start();
        try {
            if (adopt(started)) {
                started.getOutputStream().close();
                follow(started, begun);
            }
        } finally {
            destroy(started);
            started.waitFor();
        }
    }

    private ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("TANDEM_NODE", node.id().value());
        environment.put("TANDEM_HOST", node.destination().host());
        environment.put("TANDEM_PORT", Integer.toString(node.destination().port()));
        environment.put("TANDEM_TRANSPORT", node.destination().transport().name());
        return builder;
    }

    private void follow(Process started, long begunNanos) throws InterruptedException {
        CommandOutput output = new CommandOutput(started.getInputStream());
        while (!started.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
            if (result.isDone()) {
                return;
            }
            output.drain();
        }
        Duration took = Duration.ofNanos(Math.max(1, System.nanoTime() - begunNanos));
        output.drain();
        result.complete(judge(started.exitValue(), took, output));
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

    /** Parents first: a shell whose child is killed before it would start the next one meanwhile. */
    private static void destroy(Process process) {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private ProbeResult judge(int status, Duration took, CommandOutput output) {
        return switch (status) {
            case 0 -> new ProbeResult.Alive(took, NodeReport.NONE);
            case 1 -> new ProbeResult.NotReady(said(status, output.firstLine()));
            case 2 -> new ProbeResult.Overloaded(Duration.ZERO, NodeReport.NONE);
            default -> new ProbeResult.LocalError(said(status, output.firstLine()));
        };
    }

    private String said(int status, String line) {
        return command.get(0) + " ended with " + status + (line.isEmpty() ? "" : ": " + line);
    }
}
