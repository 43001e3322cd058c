package io.tandemsip.examples.haproxy.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A mapping of the file: keys to what stands there, and where. Notes what has another shape. Confined to one thread. */
final class Section {
    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private final String path;
    private final int line;
    private final Mistakes mistakes;

    private Section(String path, int line, Mistakes mistakes) {
        this.path = path;
        this.line = line;
        this.mistakes = mistakes;
    }

    /** Reads a mapping; anything else is a mistake and reads as an empty one. */
    static Section of(Node node, String path, Mistakes mistakes) {
        Section section = new Section(path, line(node), mistakes);
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(section::add);
        } else {
            mistakes.add(line(node), path.isEmpty() ? "file" : path, shown(node), "keys with values");
        }
        return section;
    }

    private void add(NodeTuple tuple) {
        String key = shown(tuple.getKeyNode());
        lines.putIfAbsent(key, line(tuple.getKeyNode()));
        if (entries.putIfAbsent(key, tuple.getValueNode()) != null) {
            mistakes.add(line(tuple.getKeyNode()), at(key), "twice", "each key once");
        }
    }

    /** Notes every key that is not among those known, with the one that may have been meant. */
    Section knowing(String... known) {
        Set<String> words = Set.of(known);
        lines.forEach((key, at) -> {
            if (!words.contains(key)) {
                String hint = Nearest.to(key, words)
                        .map(near -> "; did you mean " + near + '?')
                        .orElse("");
                mistakes.add(at, at(key), "unknown key", "one of " + String.join(", ", known) + hint);
            }
        });
        return this;
    }

    Set<String> keys() {
        return entries.keySet();
    }

    int line() {
        return line;
    }

    String path() {
        return path;
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** A single value; null, a list or a mapping in its place is a mistake. */
    Optional<Scalar> scalar(String key) {
        return node(key).flatMap(node -> {
            if (node instanceof ScalarNode scalar) {
                return Optional.of(new Scalar(scalar.getValue(), line(node), at(key), mistakes));
            }
            mistakes.add(line(node), at(key), shown(node), "a single value");
            return Optional.empty();
        });
    }

    /** A single value that must be there. */
    Optional<Scalar> required(String key, String expected) {
        if (!has(key)) {
            missing(key, expected);
        }
        return scalar(key);
    }

    void missing(String key, String expected) {
        mistakes.add(line, at(key), "", expected);
    }

    Optional<Section> section(String key) {
        return node(key).map(node -> of(node, at(key), mistakes));
    }

    /** A list of mappings that must have one at least. */
    List<Section> sections(String key, String expected) {
        List<Section> found = new ArrayList<>();
        if (!has(key)) {
            missing(key, expected);
        }
        node(key).ifPresent(node -> {
            if (node instanceof SequenceNode sequence) {
                if (sequence.getValue().isEmpty()) {
                    mistakes.add(line(node), at(key), "an empty list", expected);
                }
                for (Node each : sequence.getValue()) {
                    found.add(of(each, at(key) + '[' + found.size() + ']', mistakes));
                }
            } else {
                mistakes.add(line(node), at(key), shown(node), "a list");
            }
        });
        return found;
    }

    private Optional<Node> node(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + '.' + key;
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static String shown(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue().isEmpty() ? "nothing" : scalar.getValue();
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }
}
