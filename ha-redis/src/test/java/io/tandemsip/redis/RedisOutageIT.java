package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of requests when things are done to a real server. */
class RedisOutageIT {
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private final RedisProcess server = RedisProcess.server(Binaries.maven());

    @AfterEach
    void end() {
        server.close();
    }

    private RedisStores connect() {
        return stores(server.url()).connect();
    }

    private static RedisStoresBuilder stores(String url) {
        return RedisStores.builder(url).timeout(TIMEOUT);
    }

    private static CompletionStage<BindResult> bind(RedisStores stores, String callId) {
        return Dialogs.bind(stores, callId);
    }

    private static BindResult eventuallyBind(RedisStores stores, String callId) {
        return Stages.eventually(() -> bind(stores, callId));
    }

    private static CompletionStage<CasResult> set(RedisStores stores, String key, String value) {
        return stores.sharedState().compareAndSet(key, SharedState.ABSENT, value, Duration.ZERO);
    }

    /** A machine that hangs: nothing comes back, not even an error, and connections to it are still accepted. */
    @Test
    void aServerThatStandsStill_failsInTime_asUnknown_andIsUsedAgain() {
        try (RedisStores stores = connect()) {
            eventuallyBind(stores, "before");
            server.pause();
            long beganNanos = System.nanoTime();
            List<CompletionStage<BindResult>> underWay = new ArrayList<>();
            HaException first;
            try {
                for (int i = 0; i < 50; i++) {
                    underWay.add(bind(stores, "during-" + i));
                }
                assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(TIMEOUT);
                first = Stages.failure(underWay.get(0));
                underWay.forEach(Stages::failure);
                assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(TIMEOUT.multipliedBy(6));
                Stages.until("the connection is dropped", () -> {
                    Stages.failure(bind(stores, "during"));
                    return stores.statistics().silences() > 0;
                });
            } finally {
                server.resume();
            }
            assertThat(first).isInstanceOf(StoreTimeoutException.class);
            assertThat(eventuallyBind(stores, "after")).isInstanceOf(BindResult.Bound.class);
        }
    }

    @Test
    void aServerThatIsKilled_failsAtOnce_andTheNewOneIsUsed_andWhatItForgotIsTold() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (RedisStores stores = connect();
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            eventuallyBind(stores, "before");
            Stages.eventually(() -> set(stores, "k", "before"));
            assertThat(changes.poll(10, TimeUnit.SECONDS)).isInstanceOf(SharedChange.Put.class);
            server.kill();
            Stages.until(
                    "the end of the connection was seen",
                    () -> Stages.failure(bind(stores, "during")) instanceof StoreUnavailableException);
            long beganNanos = System.nanoTime();
            assertThat(Stages.failure(bind(stores, "during"))).isInstanceOf(StoreUnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(TIMEOUT);
            server.start();
            eventuallyBind(stores, "after");
            assertThat(changes.poll(10, TimeUnit.SECONDS)).isEqualTo(new SharedChange.Gone("k"));
            Stages.eventually(() -> set(stores, "later", "after"));
            assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("later");
        }
    }

    @Test
    void aServerThatIsAway_isWaitedFor_whereThatIsAllowed() {
        server.kill();
        assertThatThrownBy(this::connect).isInstanceOf(StoreUnavailableException.class);
        try (RedisStores stores = stores(server.url()).startWhenAway(true).connect()) {
            assertThat(Stages.failure(bind(stores, "away"))).isInstanceOf(StoreUnavailableException.class);
            server.start();
            assertThat(eventuallyBind(stores, "back")).isInstanceOf(BindResult.Bound.class);
        }
    }

    /** Fails when Lettuce may send again what was not answered: {@code disconnectedBehavior} left as it is by default. */
    @Test
    void aCommandWhoseAnswerGotLost_isNotSentTwice() {
        RedisClusterCommands<String, String> raw = TestRedis.commands(server.url());
        try (TcpFaultProxy network = new TcpFaultProxy(server.port());
                RedisStores stores =
                        stores(network.url()).timeout(Duration.ofSeconds(10)).connect()) {
            Stages.eventually(() -> set(stores, "first", "so that the server knows the script"));
            raw.configResetstat();
            network.loseReplies(true);
            CompletionStage<CasResult> underWay = set(stores, "k", "v");
            Stages.until("it was done", () -> raw.hexists("tandem:{state}:values", "k"));
            network.cut();
            assertThat(Stages.failure(underWay)).isInstanceOf(StoreTimeoutException.class);
            network.loseReplies(false);
            assertThat(Stages.eventually(() -> stores.sharedState().get("first")))
                    .isPresent();
            assertThat(raw.info("commandstats"))
                    .as("one change")
                    .contains("cmdstat_hset:calls=1,")
                    .contains("cmdstat_publish:calls=1,");
            assertThat(Stages.eventually(() -> set(stores, "k", "again"))).isInstanceOf(CasResult.Conflict.class);
        }
    }

    /** Fails when nobody closes silent connections, or nothing is ever sent on the one for news. */
    @Test
    void halfOpenConnections_areReplaced_andNothingIsMissed() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (TcpFaultProxy network = new TcpFaultProxy(server.port());
                RedisStores direct = connect();
                RedisStores stores = stores(network.url()).connect();
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            awaitChange(changes, untilNewsCome("before", direct, stores));
            network.goHalfOpen();
            Stages.eventually(() -> set(direct, "during", "2"));
            awaitChange(changes, "during");
            eventuallyBind(stores, "after");
            Stages.until("both are dropped, the one for news by its ping", () -> {
                Stages.eventually(() -> stores.sharedState().get("during"));
                return stores.statistics().silences() >= 2;
            });
            awaitChange(changes, untilNewsCome("afterwards", direct, stores));
        }
    }

    /** Changes keys until a change comes by publication and not by a look; the last key. */
    private static String untilNewsCome(String prefix, RedisStores writer, RedisStores listener) {
        long before = listener.statistics().news();
        AtomicInteger keys = new AtomicInteger();
        Stages.until("news come", () -> {
            Stages.eventually(() -> set(writer, prefix + "-" + keys.incrementAndGet(), "v"));
            return listener.statistics().news() > before;
        });
        return prefix + "-" + keys.get();
    }

    private static void awaitChange(BlockingQueue<SharedChange> changes, String key) throws InterruptedException {
        SharedChange change;
        do {
            change = changes.poll(10, TimeUnit.SECONDS);
            assertThat(change).as("a change of %s", key).isNotNull();
        } while (!change.key().equals(key));
    }

    /** Fails when nobody looks, or the connection for news is tried but once. */
    @Test
    void newsThatCantBeHad_areReplacedByLooks_untilTheyCan() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (TcpFaultProxy network = new TcpFaultProxy(server.port());
                RedisStores stores = stores(network.url()).connect()) {
            network.refuse(true);
            try (Subscription watch = stores.sharedState().watch("", changes::add)) {
                assertThat(watch).isNotNull();
                Stages.eventually(() -> set(stores, "before", "1"));
                assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("before");
                assertThat(stores.statistics().news()).isZero();
                network.refuse(false);
                untilNewsCome("after", stores, stores);
            }
        }
    }

    /** A primary that was demoted while connections to it stand. */
    @Test
    void aServerThatTurnsIntoAReplica_isUnavailable_untilItIsWritableAgain() {
        RedisClusterCommands<String, String> raw = TestRedis.commands(server.url());
        try (RedisProcess other = RedisProcess.server(Binaries.maven());
                RedisStores stores = connect()) {
            eventuallyBind(stores, "before");
            raw.replicaof("127.0.0.1", other.port());
            long connects = stores.statistics().connects();
            Stages.until("the primary is looked for", () -> {
                assertThat(Stages.failure(bind(stores, "during")))
                        .isInstanceOfAny(StoreUnavailableException.class, StoreTimeoutException.class);
                return stores.statistics().connects() > connects;
            });
            raw.replicaofNoOne();
            assertThat(eventuallyBind(stores, "after")).isInstanceOf(BindResult.Bound.class);
        }
    }

    /** With {@code noeviction}, what takes room is refused; what gives room, or takes none, is done. */
    @Test
    void fullMemory_refusesWhatIsNew_andLetsDialogsEnd() {
        RedisClusterCommands<String, String> raw = TestRedis.commands(server.url());
        try (RedisStores stores = connect()) {
            eventuallyBind(stores, "before");
            CasResult written = Stages.eventually(() -> set(stores, "k", "v"));
            raw.configSet("maxmemory-policy", "noeviction");
            raw.configSet("maxmemory", "1");
            assertThat(Stages.failure(bind(stores, "new")))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("OOM");
            assertThat(Stages.failure(set(stores, "new", "v"))).isInstanceOf(StoreUnavailableException.class);
            assertThat(Stages.eventually(() -> stores.dialogs().find(Dialogs.id("before"))))
                    .isInstanceOf(DialogLookup.Found.class);
            assertThat(Stages.eventually(() -> stores.dialogs().refresh(Dialogs.id("before"), Duration.ofHours(2))))
                    .isTrue();
            assertThat(Stages.eventually(() -> stores.dialogs().end(Dialogs.id("before"), Dialogs.HOUR)))
                    .isTrue();
            assertThat(Stages.eventually(() -> stores.dialogs().count(Dialogs.NODE)))
                    .isZero();
            assertThat(Stages.eventually(
                            () -> stores.sharedState().remove("k", ((CasResult.Applied) written).version())))
                    .isInstanceOf(CasResult.Applied.class);
            raw.configSet("maxmemory", "0");
            assertThat(eventuallyBind(stores, "new")).isInstanceOf(BindResult.Bound.class);
        }
    }

    /** A full disk: a server that is to persist and can't takes nothing new, unless it is told to. */
    @Test
    void aServerThatCantPersist_isUnavailable_untilItCan() {
        RedisClusterCommands<String, String> raw = TestRedis.commands(server.url());
        try (RedisStores stores = connect()) {
            eventuallyBind(stores, "before");
            raw.configSet("save", "3600 1");
            File directory = server.directory().toFile();
            assertThat(directory.delete()).as("the directory is empty").isTrue();
            raw.bgsave();
            Stages.until("it has failed", () -> raw.info("persistence").contains("rdb_last_bgsave_status:err"));
            assertThat(Stages.failure(bind(stores, "during")))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("MISCONF");
            raw.configSet("save", "");
            assertThat(eventuallyBind(stores, "after")).isInstanceOf(BindResult.Bound.class);
        }
    }

    /** Fails when the bound of the queue is left out. */
    @Test
    void whatDoesNotFitIntoTheQueue_isRefusedAtOnce() {
        try (RedisStores stores = stores(server.url()).queueSize(100).connect()) {
            eventuallyBind(stores, "before");
            server.pause();
            try {
                List<CompletionStage<BindResult>> asked = new ArrayList<>();
                for (int i = 0; i < 150; i++) {
                    asked.add(bind(stores, "c" + i));
                }
                assertThat(stores.statistics().refused()).isEqualTo(50);
                assertThat(asked.subList(100, 150))
                        .allSatisfy(
                                each -> assertThat(each.toCompletableFuture()).isCompletedExceptionally());
                assertThat(asked.get(0).toCompletableFuture()).isNotDone();
                asked.forEach(Stages::failure);
                Stages.until(
                        "none is counted as waiting", () -> stores.statistics().waiting() == 0);
            } finally {
                server.resume();
            }
        }
    }
}
