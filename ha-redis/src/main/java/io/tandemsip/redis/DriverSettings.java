package io.tandemsip.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import io.tandemsip.backend.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What Lettuce is told, since what it does by itself would fell a router: it repeats commands whose answer got lost, lets
 * any number pile up while Redis is away, and waits a minute for an answer. Thread-safe.
 */
final class DriverSettings {
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(20);
    private static final Duration LAST_RECONNECT = Duration.ofSeconds(1);
    private static final long TICK_MILLIS = 20;
    private static final int THREADS = 2;
    /** For what connections that were just closed still have to tell. */
    private static final long QUIET_MILLIS = 100;

    private final ClientOptions options;
    private final ClusterClientOptions clusterOptions;
    private final ClientResources resources;
    private final Timer timer =
            new HashedWheelTimer(new DaemonThreads("tandem-redis-timer"), TICK_MILLIS, TimeUnit.MILLISECONDS);

    DriverSettings(
            Duration timeout, Duration connectTimeout, int queueSize, SslOptions tls, NettyCustomizer customizer) {
        options = ClientOptions.builder()
                .autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(queueSize)
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .socketOptions(sockets(connectTimeout))
                .sslOptions(tls)
                .pingBeforeActivateConnection(true)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .build();
        clusterOptions = clusterOptions(options);
        resources = DefaultClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .timer(timer)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .reconnectDelay(Delay.fullJitter(
                        FIRST_RECONNECT, LAST_RECONNECT, FIRST_RECONNECT.toMillis(), TimeUnit.MILLISECONDS))
                .nettyCustomizer(customizer)
                .build();
    }

    /** Lettuce's own copy leaves out two of the options. */
    private static ClusterClientOptions clusterOptions(ClientOptions common) {
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder(common)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(Duration.ofSeconds(15))
                        .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                        .refreshTriggersReconnectAttempts(1)
                        .build());
        builder.replayFilter(common.getReplayFilter());
        builder.maintNotificationsConfig(common.getMaintNotificationsConfig());
        return builder.build();
    }

    private static SocketOptions sockets(Duration connectTimeout) {
        return SocketOptions.builder()
                .connectTimeout(connectTimeout)
                .tcpNoDelay(true)
                .keepAlive(KeepAliveOptions.builder()
                        .enable()
                        .idle(Duration.ofSeconds(5))
                        .interval(Duration.ofSeconds(1))
                        .count(3)
                        .build())
                .build();
    }

    ClientOptions options() {
        return options;
    }

    ClusterClientOptions clusterOptions() {
        return clusterOptions;
    }

    ClientResources resources() {
        return resources;
    }

    /**
     * Gives the threads back without waiting for them. All connections are closed by then; the timer goes first, as what it
     * still holds would find no thread any more.
     */
    void close() {
        timer.stop();
        var unused = resources.shutdown(QUIET_MILLIS, 1_000, TimeUnit.MILLISECONDS);
    }
}
