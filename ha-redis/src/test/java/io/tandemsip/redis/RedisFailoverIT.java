package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of requests, and of what was written, when another server becomes the primary. */
class RedisFailoverIT {
    private static final int DIALOGS = 60;

    private static RedisStores connect(String url) {
        return RedisStores.builder(url).timeout(Duration.ofSeconds(2)).connect();
    }

    private static CompletionStage<CasResult> set(RedisStores stores, String key, long expected, String value) {
        return stores.sharedState().compareAndSet(key, expected, value, Duration.ZERO);
    }

    private static long applied(CompletionStage<CasResult> stage) {
        return ((CasResult.Applied) Stages.await(stage)).version();
    }

    /** The replica gets nothing from the moment on at which its connection is closed while it stands still. */
    private static void stopReplication(SentinelGroup group, RedisClusterCommands<String, String> primary) {
        assertThat(primary.waitForReplication(1, 10_000)).isOne();
        group.replica.pause();
        primary.clientKill(KillArgs.Builder.typeSlave());
    }

    /**
     * What was acknowledged and not replicated is lost: dialogs are bound anew, and of shared state nobody is told an older
     * version than he knew. Fails when versions are counted and not taken from the clock.
     */
    @Test
    void aSentinelFailoverThatLosesTheLastWrites_losesThoseOnly_andVersionsGoOn() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (SentinelGroup group = new SentinelGroup();
                RedisStores stores = connect(group.url());
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            Stages.await(Dialogs.bind(stores, "kept"));
            long kept = applied(set(stores, "kept", SharedState.ABSENT, "1"));
            long first = applied(set(stores, "changed", SharedState.ABSENT, "1"));
            RedisClusterCommands<String, String> primary = TestRedis.commands(group.primary.url());
            stopReplication(group, primary);
            Stages.await(Dialogs.bind(stores, "lost"));
            long second = applied(set(stores, "changed", first, "2"));
            applied(set(stores, "lost", SharedState.ABSENT, "1"));
            until(changes, "lost");
            group.primary.kill();
            group.replica.resume();
            assertThat(Stages.eventually(() -> Dialogs.bind(stores, "after"))).isInstanceOf(BindResult.Bound.class);
            assertThat(Stages.eventually(() -> stores.dialogs().find(Dialogs.id("kept"))))
                    .isInstanceOf(DialogLookup.Found.class);
            assertThat(Stages.eventually(() -> stores.dialogs().find(Dialogs.id("lost"))))
                    .isInstanceOf(DialogLookup.Absent.class);
            assertThat(Stages.eventually(() -> Dialogs.bind(stores, "lost"))).isInstanceOf(BindResult.Bound.class);
            assertThat(until(changes, "lost")).isEqualTo(new SharedChange.Gone("lost"));
            assertThat(Stages.eventually(() -> set(stores, "changed", second, "3")))
                    .isEqualTo(new CasResult.Conflict(Optional.of(new SharedEntry("changed", "1", first))));
            long third = applied(set(stores, "changed", first, "3"));
            assertThat(third).isGreaterThan(second);
            assertThat(until(changes, "changed"))
                    .isEqualTo(new SharedChange.Put(new SharedEntry("changed", "3", third)));
            assertThat(Stages.eventually(() -> stores.sharedState().get("kept")))
                    .contains(new SharedEntry("kept", "1", kept));
        }
    }

    private static SharedChange until(BlockingQueue<SharedChange> changes, String key) throws InterruptedException {
        SharedChange change;
        do {
            change = changes.poll(20, TimeUnit.SECONDS);
            assertThat(change).as("a change of %s", key).isNotNull();
        } while (!change.key().equals(key));
        return change;
    }

    /** While a primary is missing the others answer nothing either; then all is as it was. */
    @Test
    void aClusterThatLosesAPrimary_isUsedAgain_andHasWhatWasReplicated() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (RedisCluster cluster = RedisCluster.start();
                RedisStores stores = connect(cluster.url());
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            for (int i = 0; i < DIALOGS; i++) {
                Stages.await(Dialogs.bind(stores, "c" + i));
            }
            applied(set(stores, "k", SharedState.ABSENT, "1"));
            until(changes, "k");
            RedisProcess primary = cluster.servers.get(0);
            assertThat(TestRedis.commands(primary.url()).waitForReplication(1, 10_000))
                    .isOne();
            primary.kill();
            for (int i = 0; i < DIALOGS; i++) {
                String callId = "c" + i;
                assertThat(Stages.eventually(() -> stores.dialogs().find(Dialogs.id(callId))))
                        .isInstanceOf(DialogLookup.Found.class);
            }
            assertThat(Stages.eventually(() -> stores.dialogs().count(Dialogs.NODE)))
                    .isEqualTo(DIALOGS);
            Stages.eventually(() -> set(stores, "later", SharedState.ABSENT, "2"));
            until(changes, "later");
        }
    }
}
