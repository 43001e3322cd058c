package io.tandemsip.examples.haproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ImportCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String... args) {
        CommandLine line = HaProxyCommand.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void list_isWrittenToTheOutput_notesToTheOther_andCheckFindsItGood() throws IOException {
        assertThat(run("import", file("dispatcher.list", "1 sip:127.0.0.11:5080 0 10\n")))
                .isEqualTo(ExitCode.DONE);
        assertThat(err.toString()).contains("note: listen: not found");
        assertThat(run("check", "--config", file("proxy.yaml", out.toString()))).isEqualTo(ExitCode.DONE);
    }

    @Test
    void script_takesTheListThatStandsBesideIt_andWritesNothingTwice() throws IOException {
        file("dispatcher.list", "1 sip:127.0.0.11:5080 0 10\n");
        String script = file(
                "kamailio.cfg",
                "modparam(\"dispatcher\", \"list_file\", \"/no/such/folder/dispatcher.list\")\n"
                        + "listen=udp:127.0.0.1:5060\nroute { ds_select_dst(\"1\", \"4\"); }\n");
        String target = folder.resolve("proxy.yaml").toString();
        assertThat(run("import", script, "--out", target)).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).isEmpty();
        assertThat(run("check", "--config", target)).isEqualTo(ExitCode.DONE);
        assertThat(run("import", script, "--out", target)).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(err.toString()).contains("FileAlreadyExistsException");
    }

    @Test
    void whatCanNotBeRead_is2() throws IOException {
        assertThat(run("import", file("dispatcher.list", "1 sip:\n"))).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(err.toString()).contains("dispatcher.list:1");
        assertThat(run("import", folder.resolve("missing").toString())).isEqualTo(ExitCode.WRONG_USAGE);
    }
}
