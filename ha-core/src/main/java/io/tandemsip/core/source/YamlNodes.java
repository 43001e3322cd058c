package io.tandemsip.core.source;

import io.tandemsip.error.ConfigurationException;
import io.tandemsip.node.Node;
import java.util.List;

/**
 * Reads nodes written in YAML: {@code pools}, in it the pools by name, in each of them {@code nodes}, a list of
 * {@code id}, {@code uri}, and if wanted {@code weight}, {@code priority}, {@code zone}, {@code capacity} and
 * {@code attributes}. Needs {@code org.snakeyaml:snakeyaml-engine}. Immutable.
 */
public final class YamlNodes implements NodeFormat {
    private static final YamlNodes FORMAT = new YamlNodes();

    private YamlNodes() {}

    /**
     * The format.
     *
     * @return the only one there is
     */
    public static YamlNodes format() {
        return FORMAT;
    }

    /**
     * Reads all pools.
     *
     * @param file what messages call it
     * @param text YAML
     * @return in the order of the file
     * @throws ConfigurationException with all mistakes
     */
    @Override
    public List<Node> read(String file, String text) {
        Mistakes mistakes = new Mistakes(file);
        YamlPools pools = new YamlPools();
        YamlSection.read(text, "pools", mistakes).ifPresent(root -> read(root, pools, mistakes));
        mistakes.throwIfAny();
        return pools.nodes();
    }

    private static void read(YamlSection root, YamlPools pools, Mistakes mistakes) {
        root.knowing("pools");
        if (!root.has("pools")) {
            root.missing("pools", "a name and nodes for each pool");
        }
        root.section("pools")
                .ifPresent(all -> all.keys()
                        .forEach(name -> all.section(name).ifPresent(pool -> {
                            pool.knowing("nodes");
                            if (name.isBlank()) {
                                mistakes.add(pool.line(), "pools", "\"\"", "a name for each pool");
                            } else {
                                pools.add(name, pool);
                            }
                        })));
    }
}
