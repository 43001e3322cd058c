package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions.RefreshTrigger;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.NettyCustomizer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Lettuce must be told, whatever its own defaults are in the version at hand. */
class DriverSettingsTest {
    private final DriverSettings settings = new DriverSettings(
            Duration.ofMillis(250), Duration.ofSeconds(1), 77, SslOptions.create(), new NettyCustomizer() {});

    @AfterEach
    void end() {
        settings.close();
    }

    /** Fails when the options of a Cluster are Lettuce's copy, which leaves out the replay filter. */
    @Test
    void commands_areNeitherKeptNorSentAgain_andEndInTime() {
        for (ClientOptions options : List.of(settings.options(), settings.clusterOptions())) {
            assertThat(options.getDisconnectedBehavior()).isEqualTo(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
            assertThat(options.getReplayFilter().test(new Command<>(CommandType.SET, null)))
                    .isTrue();
            assertThat(options.getRequestQueueSize()).isEqualTo(77);
            assertThat(options.getTimeoutOptions().isTimeoutCommands()).isTrue();
            assertThat(options.getTimeoutOptions().getSource().getTimeout(new Command<>(CommandType.SET, null)))
                    .isEqualTo(Duration.ofMillis(250).toNanos());
            assertThat(options.isAutoReconnect()).isTrue();
            assertThat(options.getSocketOptions().getConnectTimeout()).isEqualTo(Duration.ofSeconds(1));
            assertThat(options.getSocketOptions().isKeepAlive()).isTrue();
            assertThat(options.getMaintNotificationsConfig().maintNotificationsEnabled())
                    .isFalse();
        }
    }

    @Test
    void reconnects_comeWithinASecond_andNotAllAtOnce() {
        for (long attempt = 1; attempt < 100; attempt++) {
            assertThat(settings.resources().reconnectDelay().createDelay(attempt))
                    .isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
        }
        long different = IntStream.range(0, 100)
                .mapToObj(i -> settings.resources().reconnectDelay().createDelay(30))
                .distinct()
                .count();
        assertThat(different).isGreaterThan(10);
    }

    @Test
    void aClustersMap_isReadAnew_onEveryEventAndFromTimeToTime() {
        var refresh = settings.clusterOptions().getTopologyRefreshOptions();
        assertThat(refresh.isPeriodicRefreshEnabled()).isTrue();
        assertThat(refresh.getAdaptiveRefreshTriggers()).containsExactlyInAnyOrder(RefreshTrigger.values());
        assertThat(refresh.getAdaptiveRefreshTimeout()).isEqualTo(Duration.ofSeconds(1));
    }
}
