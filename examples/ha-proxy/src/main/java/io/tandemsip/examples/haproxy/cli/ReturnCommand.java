package io.tandemsip.examples.haproxy.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a node into service, with slow start. Confined to one thread. */
@Command(name = "return", mixinStandardHelpOptions = true, description = "Puts a node into service, with slow start.")
@SuppressWarnings("NullAway.Init") // fields are set by picocli
final class ReturnCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node;

    @Mixin
    private EndpointOption endpoint;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        endpoint.client().post(EndpointOption.nodePath(node, "return"), Map.of());
        spec.commandLine().getOut().println(node + "  in service");
        return ExitCode.DONE;
    }
}
