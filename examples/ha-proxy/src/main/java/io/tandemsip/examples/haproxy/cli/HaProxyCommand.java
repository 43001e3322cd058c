package io.tandemsip.examples.haproxy.cli;

import io.tandemsip.examples.haproxy.demo.DemoCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program's own command: runs the proxy. Confined to one thread. */
@Command(
        name = "ha-proxy",
        mixinStandardHelpOptions = true,
        version = "ha-proxy 0.1.0",
        description = "A SIP proxy that keeps calls on their nodes and takes new ones where they can be served.",
        subcommands = {
            NodesCommand.class,
            DrainCommand.class,
            CancelCommand.class,
            ReturnCommand.class,
            SetStateCommand.class,
            CheckCommand.class,
            CheckNodeCommand.class,
            ImportCommand.class,
            DemoCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed: the endpoint can't be reached, refused, or a drain ended with dialogs left",
            "2:wrong usage or configuration; nothing was started"
        })
public final class HaProxyCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Runs the proxy with this configuration.")
    private Optional<Path> config = Optional.empty();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** The whole command line, with the readers of the values it takes. */
    public static CommandLine commandLine() {
        return new CommandLine(new HaProxyCommand())
                .registerConverter(Duration.class, DurationOption::convert)
                .setExecutionExceptionHandler(HaProxyCommand::failed);
    }

    private static int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (failure instanceof EndpointFailure) {
            command.getErr().println(failure.getMessage());
            return ExitCode.FAILED;
        }
        throw failure;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path file = config.orElseThrow(() -> new ParameterException(
                spec.commandLine(), "--config: missing; expected a file, or a command (see --help)"));
        return new RunProxy(spec.commandLine().getOut(), spec.commandLine().getErr()).run(file);
    }
}
