package io.tandemsip.examples.haproxy.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends a drain; the node gets new calls again if it did before. Confined to one thread. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        description = "Ends a drain; the node gets new calls again if it did before.")
@SuppressWarnings("NullAway.Init") // fields are set by picocli
final class CancelCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node;

    @Mixin
    private EndpointOption endpoint;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        endpoint.client().post(EndpointOption.nodePath(node, "cancel"), Map.of());
        spec.commandLine().getOut().println(node + "  drain cancelled");
        return ExitCode.DONE;
    }
}
