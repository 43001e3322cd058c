package io.tandemsip.core.affinity;

import io.tandemsip.node.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The opaque 40-bit numbers under which cookies name nodes: keyed hashes, so that a cookie tells nobody how nodes are
 * called. Immutable.
 */
final class NodeRefs {
    static final int BYTES = 5;

    private static final NodeRefs NONE = new NodeRefs(Map.of(), Map.of());

    private final Map<NodeId, Long> signing;
    private final Map<Long, NodeId> nodes;

    private NodeRefs(Map<NodeId, Long> signing, Map<Long, NodeId> nodes) {
        this.signing = signing;
        this.nodes = nodes;
    }

    static NodeRefs none() {
        return NONE;
    }

    /**
     * Of all nodes under all keys. A number that two nodes share (once in 10^12 pairs) names neither when a cookie is
     * read: their dialogs are found by the near cache and the store, and nobody is sent to the wrong one.
     */
    static NodeRefs of(AffinityKeys keys, Collection<NodeId> ids) {
        Map<NodeId, Long> signing = new HashMap<>();
        Map<Long, NodeId> nodes = new HashMap<>();
        Set<Long> shared = new HashSet<>();
        for (NodeId id : ids) {
            for (int keyId = 0; keyId < 16; keyId++) {
                if (!keys.has(keyId)) {
                    continue;
                }
                long ref = ref(keys, keyId, id);
                NodeId other = nodes.putIfAbsent(ref, id);
                if (other != null && !other.equals(id)) {
                    shared.add(ref);
                }
                if (keyId == keys.signingId()) {
                    signing.put(id, ref);
                }
            }
        }
        nodes.keySet().removeAll(shared);
        return new NodeRefs(Map.copyOf(signing), Map.copyOf(nodes));
    }

    @Nullable
    Long of(NodeId id) {
        return signing.get(id);
    }

    @Nullable
    NodeId node(long ref) {
        return nodes.get(ref);
    }

    private static long ref(AffinityKeys keys, int keyId, NodeId id) {
        byte[] hash = keys.sign(keyId, ("node:" + id.value()).getBytes(StandardCharsets.UTF_8));
        // The key id is part of the number's meaning: the same node has another number under another key.
        return ByteBuffer.wrap(hash).getLong() >>> 24;
    }
}
