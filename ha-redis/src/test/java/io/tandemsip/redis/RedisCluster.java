package io.tandemsip.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three primaries with a replica each, of the system's binary where there is one. */
final class RedisCluster implements AutoCloseable {
    private static final int PRIMARIES = 3;
    private static final int SLOTS = 16_384;

    final List<RedisProcess> servers = new ArrayList<>();

    private RedisCluster() {}

    @SuppressWarnings("resource") // clients end with this method
    static RedisCluster start() {
        Path binary = Binaries.system().orElse(Binaries.maven());
        RedisCluster cluster = new RedisCluster();
        for (int i = 0; i < 2 * PRIMARIES; i++) {
            cluster.servers.add(RedisProcess.server(
                    binary, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--loglevel", "verbose"));
        }
        List<RedisClient> clients = cluster.servers.stream()
                .map(each -> RedisClient.create(each.url()))
                .toList();
        List<RedisCommands<String, String>> nodes =
                clients.stream().map(each -> each.connect().sync()).toList();
        join(cluster, nodes);
        clients.forEach(RedisClient::shutdown);
        return cluster;
    }

    private static void join(RedisCluster cluster, List<RedisCommands<String, String>> nodes) {
        for (int i = 0; i < PRIMARIES; i++) {
            nodes.get(i)
                    .clusterAddSlots(IntStream.range(SLOTS * i / PRIMARIES, SLOTS * (i + 1) / PRIMARIES)
                            .toArray());
            nodes.get(i).clusterSetConfigEpoch(i + 1);
        }
        for (RedisCommands<String, String> node : nodes) {
            node.clusterMeet("127.0.0.1", cluster.servers.get(0).port());
        }
        Stages.until(
                "the Cluster forms",
                () -> nodes.stream()
                        .allMatch(node -> node.clusterNodes().lines().count() == nodes.size()
                                && !node.clusterNodes().contains("handshake")));
        for (int i = 0; i < PRIMARIES; i++) {
            nodes.get(PRIMARIES + i).clusterReplicate(nodes.get(i).clusterMyId());
        }
        Stages.until(
                "the Cluster forms",
                () -> nodes.stream()
                        .allMatch(node -> node.clusterInfo().contains("cluster_state:ok")
                                && node.clusterNodes()
                                                .lines()
                                                .filter(line -> line.contains("slave "))
                                                .count()
                                        == PRIMARIES));
        Stages.until(
                "the Cluster forms",
                () -> nodes.subList(PRIMARIES, nodes.size()).stream()
                        .allMatch(node -> node.info("replication").contains("master_link_status:up")));
    }

    String url() {
        return "redis-cluster://"
                + servers.stream().map(each -> "127.0.0.1:" + each.port()).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        servers.forEach(RedisProcess::close);
    }
}
