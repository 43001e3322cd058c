package io.tandemsip.core.kamailio;

import io.tandemsip.core.source.Mistakes;
import io.tandemsip.core.source.NodeFormat;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.node.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Reads the list of Kamailio's dispatcher module: {@code setid destination flags priority attrs}, one destination a line,
 * {@code #} begins a comment. A set becomes a pool; a destination in several sets is one node in several pools. The node's
 * id is its {@code duid}, else made of host, port and transport. Attributes that mean nothing here are kept as attributes
 * of the node. Immutable.
 */
public final class DispatcherList implements NodeFormat {
    private static final DispatcherList STANDARD = new DispatcherList(Map.of(), Priorities.HIGHER_FIRST);

    private final Map<Integer, String> pools;
    private final Priorities priorities;

    private DispatcherList(Map<Integer, String> pools, Priorities priorities) {
        this.pools = Map.copyOf(pools);
        this.priorities = priorities;
    }

    /**
     * The format with pools that are called as their sets, and higher priorities first.
     *
     * @return the format
     */
    public static DispatcherList format() {
        return STANDARD;
    }

    /**
     * The format with a name for a set.
     *
     * @param setId the set
     * @param name the pool's name, not blank
     * @return the changed copy
     */
    public DispatcherList pool(int setId, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("pool of set " + setId + ": blank; expected a name");
        }
        Map<Integer, String> copy = new TreeMap<>(pools);
        copy.put(setId, name);
        return new DispatcherList(copy, priorities);
    }

    /**
     * The format with another meaning of priorities.
     *
     * @param meaning what the algorithm in use makes of them
     * @return the changed copy
     */
    public DispatcherList priorities(Priorities meaning) {
        return new DispatcherList(pools, Objects.requireNonNull(meaning, "meaning"));
    }

    /**
     * Reads all lines.
     *
     * @param file what messages call it
     * @param text what stands in it
     * @return one node for each destination, in the order of the file
     * @throws ConfigurationException with all mistakes
     */
    @Override
    public List<Node> read(String file, String text) {
        Mistakes mistakes = new Mistakes(file);
        List<Destination> destinations = new ArrayList<>();
        int line = 0;
        for (String each : text.split("\n", -1)) {
            line++;
            List<String> fields = Fields.of(each, line, mistakes);
            if (!fields.isEmpty()) {
                new DestinationReader(line, mistakes, priorities).read(fields).ifPresent(destinations::add);
            }
        }
        List<Node> nodes =
                new DestinationJoin(mistakes, set -> pools.getOrDefault(set, String.valueOf(set))).nodes(destinations);
        mistakes.throwIfAny();
        return nodes;
    }
}
