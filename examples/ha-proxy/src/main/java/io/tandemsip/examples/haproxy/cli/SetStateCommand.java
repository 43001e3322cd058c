package io.tandemsip.examples.haproxy.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code kamcmd dispatcher.set_state} does, in its letters. Confined to one thread. */
@Command(
        name = "set-state",
        mixinStandardHelpOptions = true,
        description = {
            "For hands that know kamcmd dispatcher.set_state: a (active) is return, i (inactive) and d (disabled) take a node out at",
            "once; its calls stay with it. drain does the same and waits for them."
        })
@SuppressWarnings("NullAway.Init") // fields are set by picocli
final class SetStateCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "STATE", description = "a, i or d.")
    private String state;

    @Parameters(index = "1", paramLabel = "NODE", description = "The node's name.")
    private String node;

    @Mixin
    private EndpointOption endpoint;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        switch (state) {
            case "a" -> order("return", Map.of(), "in service");
            case "i", "d" -> order("out", Map.of("reason", "set-state " + state), "out of service");
            default ->
                throw new ParameterException(
                        spec.commandLine(),
                        "STATE: " + state + "; expected a, i or d (probes are sent in every state, so there is no p)");
        }
        return ExitCode.DONE;
    }

    private void order(String verb, Map<String, String> body, String now) {
        endpoint.client().post(EndpointOption.nodePath(node, verb), body);
        spec.commandLine().getOut().println(node + "  " + now);
    }
}
