package io.tandemsip.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.HealthProbeContract;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command does what the port of the node says: 1 to 9 is an exit status plus 1, 10 hangs. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the commands are sh scripts")
class CommandProbeContractTest extends HealthProbeContract {
    private static final String SCRIPT = "[ $TANDEM_PORT = 10 ] && { sleep 600 & wait; };"
            + " echo \"$TANDEM_NODE at $TANDEM_HOST over $TANDEM_TRANSPORT\"; echo more >&2; exit $((TANDEM_PORT - 1))";

    @TempDir
    Path folder;

    private final CommandProbe probe = CommandProbe.of("sh", "-c", SCRIPT);

    @Override
    protected HealthProbe probe() {
        return probe;
    }

    @Override
    protected Node aliveNode() {
        return node(1);
    }

    @Override
    protected Node silentNode() {
        return node(10);
    }

    @Override
    protected Node deadNode() {
        return node(2);
    }

    @Override
    protected Class<? extends ProbeResult> deadResult() {
        return ProbeResult.NotReady.class;
    }

    /** 32 commands is what it runs at once. */
    @Override
    protected int atOnce() {
        return 8;
    }

    @AfterEach
    void close() {
        probe.close();
    }

    /** Fails when a status is taken for another, or when a broken command is held against the node. */
    @Test
    void theExitStatus_isToldApart() throws Exception {
        assertThat(ask(node(2), LONG)).isEqualTo(new ProbeResult.NotReady("sh ended with 1: n at 127.0.0.1 over UDP"));
        assertThat(ask(node(3), LONG)).isInstanceOf(ProbeResult.Overloaded.class);
        assertThat(ask(node(4), LONG))
                .isEqualTo(new ProbeResult.LocalError("sh ended with 3: n at 127.0.0.1 over UDP"));
        try (CommandProbe missing = CommandProbe.of("/no/such/program")) {
            assertThat(missing.probe(node(1), LONG).toCompletableFuture().get())
                    .isInstanceOf(ProbeResult.LocalError.class);
        }
        assertThatThrownBy(CommandProbe::of).hasMessage("command: []; expected a program");
    }

    /** Fails when only the shell is killed: what it started would go on. */
    @Test
    void atTheTimeout_theCommandAndItsChildrenAreKilled() throws Exception {
        Path pids = folder.resolve("pids");
        try (CommandProbe hanging = CommandProbe.of(
                "sh",
                "-c",
                "sleep 600 & echo $! > " + pids + ".new; mv " + pids + ".new " + pids + "; echo $$ >> " + pids
                        + "; wait")) {
            assertThat(hanging.probe(node(1), Duration.ofSeconds(2))
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ProbeResult.NoAnswer.class);
        }
        List<String> lines = Files.readAllLines(pids);
        assertThat(lines).hasSize(2);
        for (String pid : lines) {
            Optional<ProcessHandle> left = ProcessHandle.of(Long.parseLong(pid));
            if (left.isPresent()) {
                left.get().onExit().get(10, TimeUnit.SECONDS);
            }
        }
    }

    /** Fails, most times, when children are killed before their parents: a loop starts the next one meanwhile. */
    @Test
    void atTheTimeout_aLoopStartsNothingMore() throws Exception {
        String mark = "600." + ProcessHandle.current().pid();
        List<CompletableFuture<ProbeResult>> loops = new ArrayList<>();
        try (CommandProbe loop = CommandProbe.of("sh", "-c", "while :; do sleep " + mark + "; done")) {
            for (int i = 0; i < 30; i++) {
                loops.add(loop.probe(node(1), Duration.ofSeconds(1)).toCompletableFuture());
            }
            for (CompletableFuture<ProbeResult> each : loops) {
                assertThat(each.get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.NoAnswer.class);
            }
        }
        joinThreads();
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(each -> each.info().commandLine().orElse("").contains(mark))
                .toList();
        try {
            for (ProcessHandle each : left) {
                each.onExit().get(5, TimeUnit.SECONDS);
            }
        } finally {
            left.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** Fails when a thread waits for the end of what is printed: a process left behind may hold the pipe for good. */
    @Test
    void whatACommandLeavesBehind_holdsNoThread() throws Exception {
        Path pid = folder.resolve("pid");
        try (CommandProbe leaving = CommandProbe.of("sh", "-c", "sleep 600 & echo $! > " + pid + "; exit 0")) {
            assertThat(leaving.probe(node(1), LONG).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ProbeResult.Alive.class);
        }
        try {
            joinThreads();
        } finally {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).trim())).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Waits for the ends of the threads that ran commands. */
    private static void joinThreads() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("tandem-probe-command")) {
                thread.join(10_000);
                assertThat(thread.isAlive()).as("a thread of a closed probe").isFalse();
            }
        }
    }

    /** Fails when nobody reads what the command prints, or all of it is kept. */
    @Test
    void aCommandThatPrintsWithoutEnd_isReadToItsEnd() throws Exception {
        try (CommandProbe loud = CommandProbe.of("sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; exit 1")) {
            ProbeResult result = loud.probe(node(1), LONG).toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(((ProbeResult.NotReady) result).detail()).endsWith("xxx").hasSizeLessThan(300);
        }
    }

    /** Fails when commands may pile up. */
    @Test
    void beyond32_noCommandIsStarted() throws Exception {
        List<CompletableFuture<ProbeResult>> running = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            running.add(probe.probe(node(10), LONG).toCompletableFuture());
        }
        assertThat(ask(node(1), LONG)).isEqualTo(new ProbeResult.LocalError("32 commands are running already"));
        probe.close();
        for (CompletableFuture<ProbeResult> each : running) {
            assertThat(each.get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.LocalError.class);
        }
    }

    private static Node node(int port) {
        return Node.of("n", "sip:127.0.0.1:" + port);
    }
}
