package io.tandemsip.examples.haproxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Drains a node, and waits for it if told so. Confined to one thread. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        description = "Gives a node no new calls, so that it can be stopped once its last call is over.")
@SuppressWarnings("NullAway.Init") // fields are set by picocli
final class DrainCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 500;

    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node;

    @Option(names = "--wait", description = "Shows the progress until it ended. Exit code 1 if dialogs were left.")
    private boolean wait;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "Ends it after this time even with dialogs left, for example 30m.")
    private Optional<Duration> deadline = Optional.empty();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for people.")
    private Optional<String> reason = Optional.empty();

    @Mixin
    private EndpointOption endpoint;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        EndpointClient client = endpoint.client();
        Map<String, String> body = new HashMap<>();
        deadline.ifPresent(limit -> body.put("deadline", limit.toMillis() + "ms"));
        reason.ifPresent(text -> body.put("reason", text));
        JsonNode drain = client.post(EndpointOption.nodePath(node, "drain"), body);
        ProgressDisplay display = new ProgressDisplay(spec.commandLine().getOut(), Terminal.isThere());
        display.show(drain);
        while (wait && isUnderWay(drain)) {
            Thread.sleep(POLL_MILLIS);
            drain = ofNode(client.get("/drains"));
            display.show(drain);
        }
        display.end();
        return exitCode(drain);
    }

    private JsonNode ofNode(JsonNode drains) {
        for (JsonNode each : drains) {
            if (each.path("node").asText().equals(node)) {
                return each;
            }
        }
        throw new EndpointFailure("drain: " + node + " has none any more; expected one under way");
    }

    private static boolean isUnderWay(JsonNode drain) {
        return drain.path("state").asText().equals("DRAINING");
    }

    private int exitCode(JsonNode drain) {
        PrintWriter err = spec.commandLine().getErr();
        return switch (drain.path("state").asText()) {
            case "DRAINING", "DRAINED" -> ExitCode.DONE;
            default -> {
                err.println(drain.path("detail").asText());
                yield ExitCode.FAILED;
            }
        };
    }
}
