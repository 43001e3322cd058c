package io.tandemsip.examples.haproxy.demo;

import io.tandemsip.examples.haproxy.StartFailure;
import io.tandemsip.examples.haproxy.cli.ExitCode;
import io.tandemsip.examples.haproxy.cli.Terminal;
import java.io.PrintWriter;
import java.net.SocketException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a kill and a drain under calls, and judges what came of it. Confined to one thread. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "About 30 s: calls through the proxy while one node is killed and another is drained."
                + " Exit code 0 if no call failed that could be saved, else 1.")
@SuppressWarnings("NullAway.Init") // fields are set by picocli
public final class DemoCommand implements Callable<Integer> {
    @Option(names = "--plain", description = "Plain lines, also in a terminal.")
    private boolean plain;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        System.setProperty("org.slf4j.simpleLogger.log.gov.nist", "error");
        PrintWriter out = spec.commandLine().getOut();
        out.println("a few seconds to warm up …");
        out.flush();
        try {
            WarmUp.run();
            return show(out);
        } catch (StartFailure | SocketException failure) {
            spec.commandLine().getErr().println(failure.getMessage());
            return ExitCode.FAILED;
        }
    }

    private int show(PrintWriter out) throws StartFailure, SocketException, InterruptedException {
        try (Demo demo = new Demo(new Screen(out, !plain && Terminal.isThere()))) {
            Verdict verdict = demo.run();
            out.println();
            verdict.lines().forEach(out::println);
            out.flush();
            return verdict.holds() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }
}
