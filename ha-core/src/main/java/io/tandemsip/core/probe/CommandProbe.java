package io.tandemsip.core.probe;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command for each probe: exit status 0 is alive, 1 is not ready, 2 is overloaded; any other says nothing of the
 * node. The command is a list of words, no shell looks at it, and the node comes in as environment variables:
 * {@code TANDEM_NODE}, {@code TANDEM_HOST}, {@code TANDEM_PORT}, {@code TANDEM_TRANSPORT}. Its standard input is empty;
 * the first line that it prints is told with the result. At the timeout it is killed with all that it started, except
 * what detached itself by then.
 *
 * <p>At most so many run at once; beyond that a probe is a {@link ProbeResult.LocalError}, so that slow commands do not
 * fill the machine with processes. One daemon thread for each command that runs. Thread-safe.
 */
public final class CommandProbe implements HealthProbe {
    private static final int MOST_AT_ONCE = 32;
    private static final int LONGEST_CLOSE_SECONDS = 2;

    private final List<String> command;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final Set<CommandRun> running = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "tandem-probe-command");
        thread.setDaemon(true);
        return thread;
    });

    private CommandProbe(List<String> command) {
        this.command = command;
    }

    /**
     * Runs a command, at most 32 at once.
     *
     * @param command the program, then its arguments
     * @return the probe
     */
    public static CommandProbe of(String... command) {
        if (command.length == 0 || command[0].isBlank()) {
            throw new IllegalArgumentException("command: " + List.of(command) + "; expected a program");
        }
        return new CommandProbe(List.of(command));
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        if (!places.tryAcquire()) {
            return local(MOST_AT_ONCE + " commands are running already");
        }
        CommandRun run = new CommandRun(command, node);
        CompletableFuture<ProbeResult> result = run.result()
                .completeOnTimeout(new ProbeResult.NoAnswer(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
        running.add(run);
        try {
            threads.execute(() -> run(run));
        } catch (RejectedExecutionException closed) {
            over(run);
            return local("the probe is closed");
        }
        return result;
    }

    private void run(CommandRun run) {
        try {
            run.start();
        } catch (IOException | RuntimeException failure) {
            run.result().complete(new ProbeResult.LocalError("command " + command.get(0) + ": " + failure));
        } catch (InterruptedException stop) {
            run.result().complete(new ProbeResult.LocalError("command " + command.get(0) + ": interrupted"));
            Thread.currentThread().interrupt();
        } finally {
            over(run);
        }
    }

    private void over(CommandRun run) {
        running.remove(run);
        places.release();
    }

    private static CompletionStage<ProbeResult> local(String detail) {
        return CompletableFuture.completedStage(new ProbeResult.LocalError(detail));
    }

    /** Kills what runs, and waits for that, but for no longer than 2 s. */
    @Override
    public void close() {
        threads.shutdown();
        running.forEach(run -> {
            run.result().complete(new ProbeResult.LocalError("the probe was closed"));
            run.kill();
        });
        try {
            threads.awaitTermination(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
