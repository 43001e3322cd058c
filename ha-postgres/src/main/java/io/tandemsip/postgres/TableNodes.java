package io.tandemsip.postgres;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes from a table that is looked at every 2 s. What can't be reached or read changes nothing, and is told once as long as
 * it is the same. Thread-safe.
 */
final class TableNodes implements NodeSource {
    private static final long LOOK_MILLIS = 2_000;

    private final Lane<Single<?>> lane;
    private final ScheduledExecutorService timer;
    private final Database.Work<List<Node>> reading;
    private @Nullable Future<?> looking;
    private boolean closed;
    private @Nullable List<Node> last;
    private String lastTrouble = "";

    TableNodes(Lane<Single<?>> lane, ScheduledExecutorService timer, Database.Work<List<Node>> reading) {
        this.lane = lane;
        this.timer = timer;
        this.reading = reading;
    }

    @Override
    public void start(Consumer<List<Node>> sink) {
        start(sink, trouble -> {});
    }

    @Override
    public synchronized void start(Consumer<List<Node>> sink, Consumer<String> trouble) {
        if (closed || looking != null) {
            throw new IllegalStateException("source of nodes: started or closed before; expected a new one");
        }
        looking = timer.scheduleWithFixedDelay(() -> look(sink, trouble), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look(Consumer<List<Node>> sink, Consumer<String> trouble) {
        Single<List<Node>> request = new Single<>(reading);
        lane.add(request);
        request.answer().whenComplete((nodes, failure) -> {
            if (failure == null) {
                read(nodes, sink);
            } else {
                failed(String.valueOf(failure.getMessage()), trouble);
            }
        });
    }

    /** Holds the lock while it tells, so that nobody is told of anything after the source was closed. */
    private synchronized void read(List<Node> nodes, Consumer<List<Node>> sink) {
        lastTrouble = "";
        if (!closed && !nodes.equals(last)) {
            last = nodes;
            sink.accept(nodes);
        }
    }

    private synchronized void failed(String why, Consumer<String> trouble) {
        if (!closed && !why.equals(lastTrouble)) {
            lastTrouble = why;
            trouble.accept(why);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        Future<?> running = looking;
        if (running != null) {
            running.cancel(false);
        }
    }
}
