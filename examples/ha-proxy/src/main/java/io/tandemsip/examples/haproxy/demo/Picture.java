package io.tandemsip.examples.haproxy.demo;

import io.tandemsip.node.NodeSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's state in a few lines. Immutable. */
final class Picture {
    private static final int BAR_WIDTH = 30;

    private Picture() {}

    static List<String> of(double seconds, CallerCounts caller, List<NodeSnapshot> nodes) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%5.1f s  %d calls placed, %d up, %d failed, %d lost with their node",
                seconds,
                caller.placed(),
                caller.up(),
                caller.failed(),
                caller.lost()));
        nodes.forEach(node -> lines.add(line(node)));
        return lines;
    }

    private static String line(NodeSnapshot node) {
        int calls = Math.min(BAR_WIDTH, node.calls() / 4);
        return String.format(
                Locale.ROOT,
                "%s  %-14s %-8s weight %.2f  %3d calls %s",
                node.id(),
                text(node.admin()),
                text(node.health()),
                node.weight(),
                node.calls(),
                "▇".repeat(calls));
    }

    private static String text(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
