package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.Mistake;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hands out the nodes of a configuration file, again after each change. A file with a mistake changes nothing and is
 * reported once. Only the nodes are taken over; all else needs a restart. Thread-safe.
 */
public final class ConfigFileNodes implements NodeSource {
    private static final long POLL_MILLIS = 1000;

    private final Path file;
    private final Secrets secrets;
    private final Consumer<List<Mistake>> onMistakes;
    private final ScheduledExecutorService poll = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "ha-proxy-config");
        thread.setDaemon(true);
        return thread;
    });
    private Optional<Consumer<List<Node>>> sink = Optional.empty();
    private String lastText;
    private List<Node> lastNodes;

    /**
     * A source that stands where the file was read last.
     *
     * @param file the configuration
     * @param secrets where keys come from
     * @param text what stood in the file
     * @param nodes what it said
     * @param onMistakes is told what is wrong with a new version; must not block for long
     */
    public ConfigFileNodes(
            Path file, Secrets secrets, String text, List<Node> nodes, Consumer<List<Mistake>> onMistakes) {
        this.file = file;
        this.secrets = secrets;
        this.lastText = text;
        this.lastNodes = List.copyOf(nodes);
        this.onMistakes = onMistakes;
    }

    @Override
    public synchronized void start(Consumer<List<Node>> taker) {
        sink = Optional.of(taker);
        taker.accept(lastNodes);
        Future<?> unused = poll.scheduleWithFixedDelay(this::check, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Looks once whether the file says something else. */
    synchronized void check() {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            text = "";
        }
        if (sink.isEmpty() || text.equals(lastText)) {
            return;
        }
        lastText = text;
        Optional<List<Node>> nodes = ConfigReader.read(file.toString(), text, secrets)
                .fold(config -> Optional.of(config.nodes()), this::report);
        nodes.filter(found -> !found.equals(lastNodes)).ifPresent(this::handOut);
    }

    private Optional<List<Node>> report(List<Mistake> mistakes) {
        onMistakes.accept(mistakes);
        return Optional.empty();
    }

    private void handOut(List<Node> found) {
        lastNodes = List.copyOf(found);
        sink.ifPresent(taker -> taker.accept(lastNodes));
    }

    @Override
    public synchronized void close() {
        sink = Optional.empty();
        poll.shutdownNow();
    }
}
