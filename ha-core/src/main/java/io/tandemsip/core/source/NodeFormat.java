package io.tandemsip.core.source;

import io.tandemsip.error.ConfigurationException;
import io.tandemsip.node.Node;
import java.util.List;

/** Knows how nodes are written down in a file. Thread-safe. */
@FunctionalInterface
public interface NodeFormat {
    /**
     * Reads all nodes.
     *
     * @param file what messages call it
     * @param text what stands in it
     * @return the list, empty if the file names none
     * @throws ConfigurationException with all mistakes, each with file, line, field, value and what was expected
     */
    List<Node> read(String file, String text);
}
