package io.tandemsip.core.route;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.util.List;
import java.util.function.Consumer;

/** A source that gives the lists it is told to. Confined to one thread. */
final class ListSource implements NodeSource {
    private Consumer<List<Node>> sink = list -> {};

    void give(Node... nodes) {
        sink.accept(List.of(nodes));
    }

    @Override
    public void start(Consumer<List<Node>> taker) {
        sink = taker;
    }

    @Override
    public void close() {
        sink = list -> {};
    }
}
