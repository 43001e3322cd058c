package io.tandemsip.examples.haproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.examples.haproxy.ScriptedNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command against a node that answers as a real one does. */
class CheckNodeCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final ScriptedNode node = new ScriptedNode();

    @TempDir
    private Path folder;

    @BeforeEach
    void wellSet() {
        node.replies.put(
                "sofia status",
                "                 external\tprofile\t             sip:mod_sofia@127.0.0.1:" + node.sipPort()
                        + "\tRUNNING (0)\n1 profile 0 aliases\n");
        node.replies.put(
                "sofia xmlstatus profile external",
                "<profile><profile-info><rtp-ip>127.0.0.1</rtp-ip></profile-info></profile>\n");
        node.replies.put(
                "xml_locate configuration configuration name switch.conf",
                "<configuration name=\"switch.conf\"><settings></settings></configuration>");
        node.replies.put(
                "xml_locate configuration configuration name sofia.conf",
                "<configuration name=\"sofia.conf\"><profiles><profile name=\"external\"><settings></settings>"
                        + "</profile></profiles></configuration>");
    }

    @AfterEach
    void end() throws IOException {
        node.close();
    }

    private int run(String calls, String... more) throws IOException {
        Files.writeString(folder.resolve("password"), ScriptedNode.PASSWORD + "\n");
        Path config =
                Files.writeString(folder.resolve("proxy.yaml"), """
                listen:
                  - {transport: udp, host: 127.0.0.1, port: 5060}
                pools:
                  media:
                    eventSocket: {port: %d, password: {file: password}}
                    nodes:
                      - id: fs1
                        uri: sip:127.0.0.1:%d
                        capacity: {calls: %s, callsPerSecond: 100}
                        attributes: {switchname: fs1, identity: fs1}
                """.formatted(node.port(), node.sipPort(), calls));
        CommandLine line = HaProxyCommand.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] args = new String[more.length + 3];
        args[0] = "check-node";
        args[1] = "--config";
        args[2] = config.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        return line.execute(args);
    }

    @Test
    void nodeThatIsWellSet_is0() throws IOException {
        assertThat(run("500")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("fs1").endsWith("nothing found\n");
    }

    @Test
    void whatIsWrong_is1_withWhatAndWhy() throws IOException {
        node.userAgent = "FreeSWITCH-mod_sofia/1.10.12";
        assertThat(run("5000", "fs1")).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString().lines())
                .anyMatch(line -> line.startsWith("  wrong    user-agent-string"))
                .anyMatch(line -> line.startsWith("  wrong    max-sessions: 1000"))
                .anyMatch(line -> line.contains("N - 1 legs"))
                .noneMatch(line -> line.contains(ScriptedNode.PASSWORD));
    }

    @Test
    void whatCouldNotBeAsked_isToldAndIs0() throws IOException {
        node.replies.remove("xml_locate configuration configuration name switch.conf");
        assertThat(run("500")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("  unknown  xml_locate");
    }

    @Test
    void unknownNodeOrConfiguration_is2() throws IOException {
        assertThat(run("500", "fs9")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(err.toString()).contains("NODE: fs9; expected one of fs1");
        assertThat(run("many")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(err.toString()).contains("capacity.calls");
        assertThat(node.commands).isEmpty();
    }
}
