package io.tandemsip.examples.haproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.examples.haproxy.config.HttpConfig;
import io.tandemsip.examples.haproxy.http.OperatorEndpoint;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line against a real endpoint on loopback. */
class HaProxyCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HaRouter router;
    private OperatorEndpoint endpoint;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        router = Tandem.builder()
                .pool("media", pool -> pool.node("fs1", "sip:127.0.0.11:5080").node("fs2", "sip:127.0.0.12:5080"))
                .probe((node, timeout) -> new CompletableFuture<ProbeResult>())
                .build()
                .start();
        endpoint = OperatorEndpoint.start(new HttpConfig("127.0.0.1", 0), router, "media");
    }

    @AfterEach
    void stop() {
        endpoint.close();
        router.close();
    }

    private int run(String... args) {
        CommandLine line = HaProxyCommand.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    private int ask(String... args) {
        String[] all = new String[args.length + 2];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = "--url";
        all[args.length + 1] = "http://127.0.0.1:" + endpoint.port();
        return run(all);
    }

    private AdminState admin(String node) {
        return router.view().node(NodeId.of(node)).orElseThrow().admin();
    }

    @Test
    void nodes_printsOneLineEachWithTheReason() {
        router.takeOut("fs2", "new disk").toCompletableFuture().join();
        assertThat(ask("nodes")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines()).hasSize(2);
        assertThat(out.toString().lines().skip(1))
                .allSatisfy(line ->
                        assertThat(line).startsWith("fs2  out of service").contains("new disk"));
    }

    @Test
    void drain_whenItWaits_endsWithTheLastProgress() {
        assertThat(ask("drain", "fs1", "--wait", "--deadline", "30m", "--reason", "kernel"))
                .isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("fs1  drained  0 dialogs  ━━━━━━━━━━━━━ 100 %");
        assertThat(admin("fs1")).isEqualTo(AdminState.DRAINED);
        assertThat(router.drains().get(0).plan().reason()).isEqualTo("kernel");
        assertThat(ask("return", "fs1")).isEqualTo(ExitCode.DONE);
        assertThat(admin("fs1")).isEqualTo(AdminState.IN_SERVICE);
    }

    /** In the letters of kamcmd. Fails when one means another thing than there. */
    @Test
    void setState_takesOutAndReturns() {
        for (String out : List.of("i", "d")) {
            assertThat(ask("set-state", out, "fs1")).isEqualTo(ExitCode.DONE);
            assertThat(admin("fs1")).isEqualTo(AdminState.OUT_OF_SERVICE);
            assertThat(ask("set-state", "a", "fs1")).isEqualTo(ExitCode.DONE);
            assertThat(admin("fs1")).isEqualTo(AdminState.IN_SERVICE);
        }
        assertThat(ask("set-state", "p", "fs1")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(err.toString()).contains("STATE: p; expected a, i or d");
    }

    @Test
    void command_whenTheEndpointRefuses_saysWhyAndEndsWithOne() {
        assertThat(ask("drain", "fs9")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("node: fs9; expected one of fs1, fs2");
        assertThat(ask("cancel", "fs1")).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void command_whenNobodyListens_saysSoAndEndsWithOne() {
        endpoint.close();
        assertThat(ask("nodes")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("not reached").doesNotContain("Exception");
    }

    @Test
    void command_whenItIsWronglyUsed_endsWithTwo() {
        assertThat(run()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run("drain")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run("drain", "fs1", "--deadline", "soon")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(err.toString()).contains("for example 200ms, 5s, 30m or 1h");
    }

    @Test
    void check_tellsEveryMistakeAndEndsWithTwo() throws Exception {
        Path file = Files.writeString(folder.resolve("bad.yaml"), "listen: []\nhtpp: {}\n");
        assertThat(run("check", "--config", file.toString())).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(err.toString().lines()).hasSize(3).allMatch(line -> line.startsWith(file + ":"));
        assertThat(run("--config", file.toString())).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run("check", "--config", folder.resolve("none.yaml").toString()))
                .isEqualTo(ExitCode.WRONG_USAGE);
    }

    @Test
    void help_documentsTheExitCodes() {
        assertThat(run("--help")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("Exit codes:").contains("wrong usage or configuration");
    }
}
