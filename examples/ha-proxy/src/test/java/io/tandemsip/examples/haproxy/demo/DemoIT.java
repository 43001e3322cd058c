package io.tandemsip.examples.haproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.examples.haproxy.cli.HaProxyCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the README promises of its first command. */
class DemoIT {
    @Test
    void theDemo_endsWithAGoodVerdict() {
        StringWriter printed = new StringWriter();
        CommandLine command = HaProxyCommand.commandLine();
        command.setOut(new PrintWriter(printed));
        assertThat(command.execute("demo", "--plain"))
                .as(() -> "exit status; it printed:\n" + printed)
                .isZero();
    }
}
