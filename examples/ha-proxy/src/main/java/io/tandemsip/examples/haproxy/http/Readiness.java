package io.tandemsip.examples.haproxy.http;

import io.tandemsip.StoreStatus;
import io.tandemsip.node.Admission;
import io.tandemsip.node.ClusterView;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether new calls can be served: 200 while any pool has an eligible node, else 503 and why. Immutable. */
final class Readiness {
    private Readiness() {}

    static Reply of(ClusterView view, StoreStatus stores) {
        Map<String, String> pools = new TreeMap<>();
        for (NodeSnapshot each : view.nodes()) {
            each.node().pools().forEach(name -> pools.computeIfAbsent(name, pool -> why(view, pool)));
        }
        boolean ready = pools.values().stream().anyMatch(String::isEmpty);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ready", ready);
        pools.values().removeIf(String::isEmpty);
        json.put("poolsWithoutEligibleNode", pools);
        json.put("affinity", affinity(stores));
        json.put("stores", stores(stores));
        return new Reply(ready ? 200 : 503, json);
    }

    private static String affinity(StoreStatus stores) {
        return switch (stores.affinity()) {
            case FULL -> "full";
            case TOKEN_ONLY -> "token only";
        };
    }

    /** A store that is away makes nobody unready: calls go on. */
    private static Map<String, Object> stores(StoreStatus stores) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dialogStore", stores.dialogStore() ? "answers" : "away");
        json.put("sharedState", stores.sharedState() ? "answers" : "away");
        json.put("pendingWrites", stores.pendingWrites());
        json.put("cause", stores.cause());
        return json;
    }

    /** Empty if the pool has an eligible node. */
    private static String why(ClusterView view, String pool) {
        boolean panic = view.panickingPools().contains(pool);
        List<NodeSnapshot> nodes = view.pool(pool);
        if (nodes.stream().anyMatch(each -> admission(each, panic) != Admission.NO)) {
            return "";
        }
        return String.join("; ", nodes.stream().map(Readiness::why).toList());
    }

    private static Admission admission(NodeSnapshot node, boolean panic) {
        TrafficMatrix matrix = TrafficMatrix.standard();
        return panic
                ? matrix.admissionIgnoringHealth(TrafficClass.NEW_DIALOG, node.admin(), node.load())
                : node.admission(TrafficClass.NEW_DIALOG, matrix);
    }

    private static String why(NodeSnapshot node) {
        return node.id() + ": " + node.admin() + " (" + node.adminCause() + "), " + node.health() + " ("
                + node.healthCause() + "), " + node.load() + " (" + node.loadCause() + ')';
    }
}
