package io.tandemsip.core.selection;

import io.tandemsip.core.selection.Schedule.Entitled;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Those who wait for their turn: first until they are entitled to it, then by deadline. Confined to one thread. */
final class ChairmanQueue {
    private static final double GRAIN = 1e-9;

    private final PriorityQueue<Entitled> waiting =
            new PriorityQueue<>(Comparator.comparingDouble(Entitled::release).thenComparingInt(node -> node.index));
    private final PriorityQueue<Entitled> entitled =
            new PriorityQueue<>(Comparator.comparingDouble(Entitled::deadline).thenComparingInt(node -> node.index));

    ChairmanQueue(Entitled[] nodes) {
        for (Entitled node : nodes) {
            add(node);
        }
    }

    int next(int turn) {
        for (Entitled first = waiting.peek();
                first != null && first.release() <= turn + GRAIN;
                first = waiting.peek()) {
            entitled.add(waiting.remove());
        }
        Entitled chosen = entitled.isEmpty() ? waiting.remove() : entitled.remove();
        chosen.take();
        add(chosen);
        return chosen.index;
    }

    private void add(Entitled node) {
        if (!node.isDone()) {
            waiting.add(node);
        }
    }
}
