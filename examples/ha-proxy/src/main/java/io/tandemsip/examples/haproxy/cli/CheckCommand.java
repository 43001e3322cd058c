package io.tandemsip.examples.haproxy.cli;

import io.tandemsip.core.source.Mistake;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads a configuration and starts nothing. Confined to one thread. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Tells everything that is wrong with a configuration. Exit code 0 if nothing is, else 2.")
@SuppressWarnings("NullAway.Init") // fields are set by picocli
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration.")
    private Path config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        return ConfigFile.read(config).reading().fold(this::good, this::bad);
    }

    private int good(ProxyConfig found) {
        spec.commandLine().getOut().println(config + ": good, " + found.nodes().size() + " node(s)");
        return ExitCode.DONE;
    }

    private int bad(List<Mistake> mistakes) {
        print(mistakes, spec.commandLine().getErr());
        return ExitCode.WRONG_USAGE;
    }

    static void print(List<Mistake> mistakes, PrintWriter out) {
        mistakes.forEach(out::println);
        out.flush();
    }
}
