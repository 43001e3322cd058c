package io.tandemsip.core.view;

import io.tandemsip.node.AdminState;
import java.util.List;
import java.util.Map;

/**
 * How new calls are shared out among priorities while part of them is out of order, as Envoy does it: a tier whose healthy
 * weight is a share h of its weight in service takes min(1, h times the overprovisioning factor) of what those before it
 * leave. With a factor of 1.4 a tier keeps everything until less than 71.4 % of it is healthy. Pure.
 */
final class SpillOver {
    private SpillOver() {}

    /**
     * The share of each tier that has a healthy node, in the order of priorities; they sum up to 1. Empty if the first one
     * takes all.
     */
    static double[] shares(List<NodeStatus> members, Map<Integer, List<NodeStatus>> healthy, double overprovisioning) {
        if (healthy.size() < 2 || Double.isInfinite(overprovisioning)) {
            return new double[0];
        }
        double[] shares = new double[healthy.size()];
        double sum = 0;
        int index = 0;
        for (Map.Entry<Integer, List<NodeStatus>> tier : healthy.entrySet()) {
            double able = Math.min(1, overprovisioning * weight(tier.getValue()) / inService(members, tier.getKey()));
            shares[index] = Math.min(able, 1 - sum);
            sum += shares[index++];
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares[0] >= 1 ? new double[0] : shares;
    }

    private static double inService(List<NodeStatus> members, int priority) {
        return weight(members.stream()
                .filter(status -> status.node().priority() == priority)
                .filter(status -> status.admin() == AdminState.IN_SERVICE)
                .toList());
    }

    private static double weight(List<NodeStatus> nodes) {
        return nodes.stream().mapToDouble(status -> status.node().weight()).sum();
    }
}
