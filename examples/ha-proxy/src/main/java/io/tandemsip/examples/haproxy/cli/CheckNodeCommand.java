package io.tandemsip.examples.haproxy.cli;

import io.tandemsip.core.freeswitch.CheckFinding;
import io.tandemsip.core.freeswitch.EventSocketAddress;
import io.tandemsip.core.freeswitch.FreeSwitchCheck;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.node.Node;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks FreeSWITCH nodes how they are set. Confined to one thread. */
@Command(
        name = "check-node",
        mixinStandardHelpOptions = true,
        description = {
            "Asks FreeSWITCH nodes over OPTIONS and event socket, and tells what is set wrong and why it matters.",
            "Only asks. Exit code 0 if nothing was found, 1 if something is wrong or a risk, 2 for wrong usage."
        })
@SuppressWarnings("NullAway.Init") // fields are set by picocli
final class CheckNodeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NODE", arity = "0..*", description = "The nodes' names; all of them if none is given.")
    private List<String> names = List.of();

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The proxy's configuration.")
    private Path config;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "For each answer; ${DEFAULT-VALUE} if not given.")
    private Duration timeout;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        return ConfigFile.read(config).reading().fold(this::check, mistakes -> {
            CheckCommand.print(mistakes, spec.commandLine().getErr());
            return ExitCode.WRONG_USAGE;
        });
    }

    private int check(ProxyConfig found) {
        List<Node> nodes = names.isEmpty() ? found.nodes() : named(found.nodes());
        List<CheckFinding> findings = FreeSwitchCheck.of(nodes, found.eventSockets()::of, timeout)
                .toCompletableFuture()
                .join();
        PrintWriter out = spec.commandLine().getOut();
        for (Node node : nodes) {
            print(node, found.eventSockets().of(node), findings, out);
        }
        out.flush();
        return findings.stream().anyMatch(each -> each.kind() != CheckFinding.Kind.UNKNOWN)
                ? ExitCode.FAILED
                : ExitCode.DONE;
    }

    private List<Node> named(List<Node> all) {
        String known = all.stream().map(node -> node.id().value()).collect(Collectors.joining(", "));
        for (String name : names) {
            if (all.stream().noneMatch(node -> node.id().value().equals(name))) {
                throw new ParameterException(spec.commandLine(), "NODE: " + name + "; expected one of " + known);
            }
        }
        return all.stream().filter(node -> names.contains(node.id().value())).toList();
    }

    private static void print(
            Node node, Optional<EventSocketAddress> address, List<CheckFinding> findings, PrintWriter out) {
        List<CheckFinding> own =
                findings.stream().filter(each -> each.node().equals(node.id())).toList();
        out.println(node.id() + "  " + node.destination()
                + address.map(at -> ", event socket " + at).orElse("") + (own.isEmpty() ? ": nothing found" : ""));
        for (CheckFinding each : own) {
            String kind = each.kind().name().toLowerCase(Locale.ROOT);
            out.println(String.format("  %-8s %s", kind, each.what()));
            out.println("           " + each.why());
        }
    }
}
