package io.tandemsip.node;

import java.util.List;
import java.util.function.Consumer;

/**
 * Where nodes come from: a fixed list, a file, DNS, a table.
 *
 * <p>A source hands out whole lists; the router compares by {@link NodeId} and keeps health, admin state and dialogs of
 * those that stay. A source that fails keeps quiet: the last list stays in force. Thread-safe.
 */
public interface NodeSource extends AutoCloseable {
    /**
     * Begins to hand out lists: the first before this returns if it is at hand, then one after each change.
     *
     * @param sink takes a whole list; any thread; never blocks
     */
    void start(Consumer<List<Node>> sink);

    /**
     * The same, for a source that can say what is wrong with where its nodes come from. The router calls this one and tells
     * of each trouble as an event.
     *
     * @param sink takes a whole list; any thread; never blocks
     * @param trouble takes one line for each trouble, once as long as it lasts; any thread; never blocks
     */
    default void start(Consumer<List<Node>> sink, Consumer<String> trouble) {
        start(sink);
    }

    /**
     * Compares what it handed out with where its nodes come from, as far as it is not told of all changes. A source that stands over
     * another one passes this on. The router calls it every ten seconds, on its control loop; never blocks; failures are the
     * source's to tell. Does nothing by default.
     */
    default void lookAgain() {}

    /** Ends it; idempotent. The sink is not called after this returned. */
    @Override
    void close();

    /**
     * A list that never changes.
     *
     * @param nodes the list
     * @return the source
     */
    static NodeSource fixed(List<Node> nodes) {
        List<Node> copy = List.copyOf(nodes);
        return new NodeSource() {
            @Override
            public void start(Consumer<List<Node>> sink) {
                sink.accept(copy);
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }
}
