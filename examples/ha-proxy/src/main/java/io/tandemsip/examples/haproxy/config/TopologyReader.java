package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.jainsip.TopologyHiding;
import java.util.ArrayList;
import java.util.List;

/** Reads whether callers see the addresses of nodes. Confined to one thread. */
final class TopologyReader {
    private TopologyReader() {}

    static TopologyHiding read(YamlSection section) {
        section.knowing("hidden", "removedHeaders");
        boolean hidden = section.required("hidden", "true or false")
                .flatMap(FailoverReader::yesOrNo)
                .orElse(false);
        TopologyHiding policy = hidden ? TopologyHiding.on() : TopologyHiding.off();
        if (!section.has("removedHeaders")) {
            return policy;
        }
        List<String> good = new ArrayList<>();
        for (YamlScalar each : section.scalars("removedHeaders")) {
            if (each.as(text -> policy.withRemovedHeaders(List.of(text))).isPresent()) {
                good.add(each.text());
            }
        }
        return policy.withRemovedHeaders(good);
    }
}
