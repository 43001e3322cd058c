package io.tandemsip.core.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A mapping of a YAML file: keys to what stands there, and where. Notes what has another shape. Confined to one thread.
 */
public final class YamlSection {
    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private final String path;
    private final int line;
    private final Mistakes mistakes;

    private YamlSection(String path, int line, Mistakes mistakes) {
        this.path = path;
        this.line = line;
        this.mistakes = mistakes;
    }

    /**
     * Reads the mapping that a whole file is.
     *
     * @param text YAML
     * @param expected what the file should hold, told if it is empty
     * @param mistakes takes what is wrong
     * @return empty, and noted, if it is no YAML
     */
    public static Optional<YamlSection> read(String text, String expected, Mistakes mistakes) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit((int) NodeFile.MOST_BYTES)
                .build();
        try {
            Optional<YamlSection> root =
                    new Compose(settings).composeString(text).map(node -> of(node, "", mistakes));
            if (root.isEmpty()) {
                mistakes.add(1, "file", "", expected);
            }
            return root;
        } catch (MarkedYamlEngineException broken) {
            int line = broken.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            mistakes.add(line, "file", String.valueOf(broken.getProblem()), "YAML");
        } catch (YamlEngineException broken) {
            mistakes.add(1, "file", String.valueOf(broken.getMessage()), "YAML");
        }
        return Optional.empty();
    }

    /** Reads a mapping; anything else is a mistake and reads as an empty one. */
    static YamlSection of(Node node, String path, Mistakes mistakes) {
        YamlSection section = new YamlSection(path, line(node), mistakes);
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

    /**
     * Notes every key that is not among those known, with the one that may have been meant.
     *
     * @param known the keys there are
     * @return this
     */
    public YamlSection knowing(String... known) {
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

    /**
     * The keys.
     *
     * @return in the order of the file
     */
    public Set<String> keys() {
        return entries.keySet();
    }

    /**
     * Where it stands.
     *
     * @return counted from 1
     */
    public int line() {
        return line;
    }

    /**
     * The way to it.
     *
     * @return for example {@code pools.media}
     */
    public String path() {
        return path;
    }

    /**
     * Whether a key is there.
     *
     * @param key the key
     * @return true if it is, whatever its value
     */
    public boolean has(String key) {
        return entries.containsKey(key);
    }

    /**
     * A single value; a list or a mapping in its place is a mistake.
     *
     * @param key the key
     * @return empty if it is not there
     */
    public Optional<YamlScalar> scalar(String key) {
        return node(key).flatMap(node -> {
            if (node instanceof ScalarNode scalar) {
                return Optional.of(new YamlScalar(scalar.getValue(), line(node), at(key), mistakes));
            }
            mistakes.add(line(node), at(key), shown(node), "a single value");
            return Optional.empty();
        });
    }

    /**
     * A single value that must be there.
     *
     * @param key the key
     * @param expected what should stand there
     * @return empty, and noted, if it is not there
     */
    public Optional<YamlScalar> required(String key, String expected) {
        if (!has(key)) {
            missing(key, expected);
        }
        return scalar(key);
    }

    /**
     * Notes that a key is missing.
     *
     * @param key the key
     * @param expected what should stand there
     */
    public void missing(String key, String expected) {
        mistakes.add(line, at(key), "", expected);
    }

    /**
     * A mapping.
     *
     * @param key the key
     * @return empty if it is not there
     */
    public Optional<YamlSection> section(String key) {
        return node(key).map(node -> of(node, at(key), mistakes));
    }

    /**
     * A list of mappings that must have one at least.
     *
     * @param key the key
     * @param expected what should stand there
     * @return those there are
     */
    public List<YamlSection> sections(String key, String expected) {
        List<YamlSection> found = new ArrayList<>();
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

    /**
     * A list of single values.
     *
     * @param key the key
     * @return those there are; none, and noted, for what is no list
     */
    public List<YamlScalar> scalars(String key) {
        List<YamlScalar> found = new ArrayList<>();
        node(key).ifPresent(node -> {
            if (!(node instanceof SequenceNode sequence)) {
                mistakes.add(line(node), at(key), shown(node), "a list");
                return;
            }
            int index = 0;
            for (Node each : sequence.getValue()) {
                String path = at(key) + '[' + index++ + ']';
                if (each instanceof ScalarNode scalar) {
                    found.add(new YamlScalar(scalar.getValue(), line(each), path, mistakes));
                } else {
                    mistakes.add(line(each), path, shown(each), "a single value");
                }
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
