package io.tandemsip.core.route;

import io.tandemsip.core.affinity.CookieCodec;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The nodes that all sources gave, in the order of the sources. Any thread may give; the rest is confined to the control loop. */
final class ConfiguredNodes {
    private final List<NodeSource> sources;
    private final Loop loop;
    private final CookieCodec codec;
    private final ControlPlane control;
    private final Map<NodeSource, List<Node>> lists = new HashMap<>();
    private final Set<NodeId> takenOver = new HashSet<>();
    private Set<NodeId> withCookies = Set.of();

    ConfiguredNodes(List<NodeSource> sources, Loop loop, CookieCodec codec, ControlPlane control) {
        this.sources = sources;
        this.loop = loop;
        this.codec = codec;
        this.control = control;
    }

    /** A source gave a list, in place of the one before. */
    void given(NodeSource source, List<Node> list) {
        List<Node> copy = List.copyOf(list);
        loop.execute(() -> {
            lists.put(source, copy);
            List<Node> all = new ArrayList<>();
            sources.forEach(each -> all.addAll(lists.getOrDefault(each, List.of())));
            cookies(all);
            control.nodes(all, source.getClass().getSimpleName());
        });
    }

    /** Another node has its dialogs, whose cookies name it for as long as they last. Bounded by the take-overs that stand. */
    void takenOver(NodeId node) {
        if (takenOver.add(node) && !withCookies.contains(node)) {
            Set<NodeId> ids = new HashSet<>(withCookies);
            ids.add(node);
            codec.nodes(ids);
            withCookies = ids;
        }
    }

    /** Those that leave keep their cookies until their last call has ended, or for as long as another has what was theirs. */
    private void cookies(List<Node> configured) {
        Set<NodeId> ids = new HashSet<>(control.ids());
        ids.addAll(takenOver);
        configured.forEach(node -> ids.add(node.id()));
        if (!ids.equals(withCookies)) {
            codec.nodes(ids);
            withCookies = ids;
        }
    }
}
