package io.tandemsip.examples.haproxy.cli;

import io.tandemsip.core.source.Mistake;
import io.tandemsip.examples.haproxy.ProxyProgram;
import io.tandemsip.examples.haproxy.StartFailure;
import io.tandemsip.examples.haproxy.config.ConfigFileNodes;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.examples.haproxy.config.Reading;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Runs the proxy until the process is told to end. Confined to one thread. */
final class RunProxy {
    private final PrintWriter out;
    private final PrintWriter err;

    RunProxy(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    int run(Path path) throws InterruptedException {
        ConfigFile file = ConfigFile.read(path);
        if (file.reading() instanceof Reading.Good good) {
            return serve(file, good.config());
        }
        file.reading().fold(config -> 0, mistakes -> {
            CheckCommand.print(mistakes, err);
            return 0;
        });
        return ExitCode.WRONG_USAGE;
    }

    private int serve(ConfigFile file, ProxyConfig config) throws InterruptedException {
        ConfigFileNodes nodes =
                new ConfigFileNodes(file.file(), file.secrets(), file.text(), config.nodes(), this::reportLater);
        try {
            ProxyProgram program = ProxyProgram.start(config, nodes);
            Runtime.getRuntime().addShutdownHook(new Thread(program::close, "ha-proxy-shutdown"));
            out.println("ha-proxy: serving " + config.nodes().size() + " node(s), http://"
                    + config.http().host() + ':' + program.httpPort() + "/nodes");
            out.flush();
            new CountDownLatch(1).await();
            return ExitCode.DONE;
        } catch (StartFailure failure) {
            nodes.close();
            err.println(failure.getMessage());
            err.flush();
            return ExitCode.FAILED;
        }
    }

    private void reportLater(List<Mistake> mistakes) {
        err.println("the changed configuration is not used; the nodes stay as they are:");
        CheckCommand.print(mistakes, err);
    }
}
