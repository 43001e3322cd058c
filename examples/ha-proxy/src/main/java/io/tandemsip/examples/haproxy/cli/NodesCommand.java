package io.tandemsip.examples.haproxy.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the nodes. Confined to one thread. */
@Command(
        name = "nodes",
        mixinStandardHelpOptions = true,
        description = "Shows every node: its state, its calls, and why it is out if it is.")
@SuppressWarnings("NullAway.Init") // fields are set by picocli
final class NodesCommand implements Callable<Integer> {
    @Mixin
    private EndpointOption endpoint;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        NodeLines.of(endpoint.client().get("/nodes").path("nodes")).forEach(out::println);
        return ExitCode.DONE;
    }
}
