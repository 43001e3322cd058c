package io.tandemsip.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Lettuce's client for one kind of Redis. Its connections are made anew by themselves once they were made. Thread-safe. */
sealed interface Driver {
    /** Begins a connection for commands. */
    CompletionStage<? extends StatefulConnection<String, String>> connect();

    /** What commands are given by on a connection of this driver. */
    RedisClusterAsyncCommands<String, String> commands(StatefulConnection<String, String> connection);

    /** Begins a connection for news. */
    CompletionStage<? extends StatefulRedisPubSubConnection<String, String>> connectForNews();

    /** Closes all connections. */
    CompletionStage<?> close();

    /** For the kind of Redis that a URL names. */
    static Driver to(ServerUri uri, DriverSettings settings) {
        if (uri.kind() == ServerUri.Kind.CLUSTER) {
            RedisClusterClient client = RedisClusterClient.create(settings.resources(), uri.uris());
            client.setOptions(settings.clusterOptions());
            return new Cluster(client);
        }
        RedisClient client = RedisClient.create(settings.resources());
        client.setOptions(settings.options());
        return new Single(client, uri.uris().get(0));
    }

    /** One server, or the primary that Sentinels name. */
    record Single(RedisClient client, RedisURI uri) implements Driver {
        @Override
        public CompletionStage<StatefulRedisConnection<String, String>> connect() {
            return client.connectAsync(StringCodec.UTF8, uri);
        }

        @Override
        public RedisClusterAsyncCommands<String, String> commands(StatefulConnection<String, String> connection) {
            return ((StatefulRedisConnection<String, String>) connection).async();
        }

        @Override
        public CompletionStage<StatefulRedisPubSubConnection<String, String>> connectForNews() {
            return client.connectPubSubAsync(StringCodec.UTF8, uri);
        }

        @Override
        public CompletionStage<?> close() {
            return client.shutdownAsync(0, 1, TimeUnit.SECONDS);
        }
    }

    /**
     * A Redis Cluster. Lettuce opens a connection by the first command that needs it, and rejects that: so all are opened
     * first.
     */
    record Cluster(RedisClusterClient client) implements Driver {
        @Override
        public CompletionStage<StatefulRedisClusterConnection<String, String>> connect() {
            return client.refreshPartitionsAsync()
                    .thenCompose(known -> client.connectAsync(StringCodec.UTF8))
                    .thenCompose(connection -> {
                        var unused = client.getResources()
                                .eventBus()
                                .get()
                                .filter(ClusterTopologyChangedEvent.class::isInstance)
                                .subscribe(changed -> openAll(connection));
                        return openAll(connection);
                    });
        }

        /** Completed when each was opened or could not be. */
        private static CompletionStage<StatefulRedisClusterConnection<String, String>> openAll(
                StatefulRedisClusterConnection<String, String> connection) {
            return CompletableFuture.allOf(connection.getPartitions().stream()
                            .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM))
                            .map(RedisClusterNode::getUri)
                            .map(uri -> connection.getConnectionAsync(uri.getHost(), uri.getPort()))
                            .toArray(CompletableFuture<?>[]::new))
                    .handle((opened, failure) -> connection);
        }

        @Override
        public RedisClusterAsyncCommands<String, String> commands(StatefulConnection<String, String> connection) {
            return ((StatefulRedisClusterConnection<String, String>) connection).async();
        }

        @Override
        public CompletionStage<? extends StatefulRedisPubSubConnection<String, String>> connectForNews() {
            return client.connectPubSubAsync(StringCodec.UTF8);
        }

        @Override
        public CompletionStage<?> close() {
            return client.shutdownAsync(0, 1, TimeUnit.SECONDS);
        }
    }
}
