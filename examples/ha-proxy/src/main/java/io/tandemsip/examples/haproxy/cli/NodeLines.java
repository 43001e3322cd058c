package io.tandemsip.examples.haproxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/** One line for each node, in columns; the last one says why it is not in full service. Immutable. */
final class NodeLines {
    private static final List<String> GOOD = List.of("in service", "healthy", "available");

    private NodeLines() {}

    static List<String> of(JsonNode nodes) {
        List<JsonNode> all = StreamSupport.stream(nodes.spliterator(), false).toList();
        int widest = all.stream()
                .mapToInt(node -> node.path("id").asText().length())
                .max()
                .orElse(0);
        return all.stream().map(node -> line(node, widest)).toList();
    }

    private static String line(JsonNode node, int widest) {
        String id = node.path("id").asText();
        String columns = String.format(
                Locale.ROOT,
                "%-" + Math.max(1, widest) + "s  %-14s  %-9s  %-9s  %5d calls  weight %.2f  %s",
                id,
                state(node, "admin"),
                state(node, "health"),
                state(node, "load"),
                node.path("calls").asInt(),
                node.path("weight").asDouble(),
                node.path("uri").asText());
        String why = why(node);
        return why.isEmpty()
                ? columns
                : columns + "  " + why + ", since " + node.path("since").asText();
    }

    private static String why(JsonNode node) {
        List<String> causes = new ArrayList<>();
        for (String axis : List.of("admin", "health", "load")) {
            String state = state(node, axis);
            if (!GOOD.contains(state)) {
                causes.add(state + ": " + node.path(axis).path("why").asText());
            }
        }
        return String.join("; ", causes);
    }

    private static String state(JsonNode node, String axis) {
        return node.path(axis).path("state").asText().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
