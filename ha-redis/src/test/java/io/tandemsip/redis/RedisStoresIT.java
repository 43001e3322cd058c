package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How stores are connected, by whom, and where. */
class RedisStoresIT {
    private static final Duration PATIENT = Duration.ofSeconds(5);

    private static RedisStoresBuilder stores(String url) {
        return RedisStores.builder(url).timeout(PATIENT).connectTimeout(PATIENT);
    }

    private static void assertWorks(RedisStores stores) {
        assertThat(Stages.await(Dialogs.bind(stores, "c"))).isInstanceOf(BindResult.Bound.class);
    }

    @Test
    void mistakes_areToldAllAtOnce_withoutThePassword() {
        assertThatThrownBy(() -> RedisStores.builder("http://user:secret@host")
                        .prefix("no spaces")
                        .queueSize(0)
                        .timeout(Duration.ofMillis(49))
                        .connectTimeout(Duration.ofMinutes(2))
                        .trust(Path.of("/no/such.pem"))
                        .user("me")
                        .connect())
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        failure -> assertThat(failure.mistakes()).hasSize(8))
                .hasMessageContaining("redis-sentinel://")
                .hasMessageNotContaining("secret");
    }

    @Test
    void urls_thatMeanNothing_areRefused_withWhatWasExpected() {
        for (String url : List.of(
                "",
                "redis://a,b",
                "redis-sentinel://a,b",
                "redis-cluster://a,b/3",
                "redis://:secret@host:port",
                "redis://host?timeout=3s")) {
            assertThatThrownBy(() -> RedisStores.connect(url))
                    .as(url)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("url")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void aWrongPassword_isAMistakeOfTheConfiguration_thatDoesNotShowIt() {
        try (RedisProcess server = RedisProcess.server(Binaries.maven(), "--requirepass", "right")) {
            assertThatThrownBy(
                            () -> stores(server.url()).password("wrong-secret").connect())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("WRONGPASS")
                    .hasMessageNotContaining("wrong-secret");
            assertThatThrownBy(() -> stores(server.url()).connect())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("NOAUTH");
            try (RedisStores stores = stores(server.url()).password("right").connect()) {
                assertWorks(stores);
            }
            try (RedisStores stores =
                    stores(server.url().replace("redis://", "redis://:right@")).connect()) {
                assertWorks(stores);
            }
        }
    }

    /** The rights that the how-to names are enough, and with less it is told at once. */
    @Test
    void aUser_needsTheRightsThatTheHowToNames() {
        try (RedisProcess server = RedisProcess.server(Binaries.maven())) {
            setUser(
                    server,
                    "tandem",
                    "on",
                    ">pw",
                    "~tandem:*",
                    "~call:*",
                    "resetchannels",
                    "&tandem:*",
                    "-@all",
                    "+@read",
                    "+@write",
                    "+@scripting",
                    "+@pubsub",
                    "+@connection",
                    "+info",
                    "+time");
            setUser(server, "less", "on", ">pw", "+@connection");
            try (RedisStores stores =
                    stores(server.url()).user("tandem").password("pw").connect()) {
                assertWorks(stores);
                assertThat(Stages.await(
                                stores.sharedState().compareAndSet("k", SharedState.ABSENT, "v", Duration.ZERO)))
                        .isInstanceOf(CasResult.Applied.class);
                assertHearsOfChanges(stores);
            }
            assertThatThrownBy(() ->
                            stores(server.url()).user("less").password("pw").connect())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("NOPERM");
        }
    }

    private static void assertHearsOfChanges(RedisStores stores) {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            AtomicInteger keys = new AtomicInteger();
            Stages.until("news come", () -> {
                Stages.await(stores.sharedState()
                        .compareAndSet("heard-" + keys.incrementAndGet(), SharedState.ABSENT, "v", Duration.ZERO));
                return stores.statistics().news() > 0;
            });
        }
    }

    private static void setUser(RedisProcess server, String... rules) {
        CommandArgs<String, String> arguments =
                new CommandArgs<>(StringCodec.UTF8).add("SETUSER").addValues(rules);
        assertThat(TestRedis.commands(server.url())
                        .dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments))
                .isEqualTo("OK");
    }

    @Test
    void tls_isSpoken_toWhomIsTrusted(@TempDir Path directory) {
        TlsFiles files = TlsFiles.in(directory);
        int port = RedisProcess.freePort();
        try (RedisProcess server = RedisProcess.server(
                Binaries.maven(),
                "--tls-port",
                String.valueOf(port),
                "--tls-cert-file",
                files.certificate().toString(),
                "--tls-key-file",
                files.key().toString(),
                "--tls-ca-cert-file",
                files.certificate().toString())) {
            assertThat(server.port()).isNotEqualTo(port);
            String url = "rediss://127.0.0.1:" + port;
            try (RedisStores stores = stores(url)
                    .trust(files.certificate())
                    .certificate(files.certificate(), files.key())
                    .connect()) {
                assertWorks(stores);
            }
            assertThatThrownBy(() -> stores(url).connect())
                    .as("Java trusts nobody who signs himself")
                    .isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> stores(url).trust(files.certificate()).connect())
                    .as("the server asks for a certificate")
                    .isInstanceOf(StoreUnavailableException.class);
        }
    }

    @Test
    void databasesAndPrefixes_areApart() {
        String prefix = TestRedis.newPrefix();
        String url = TestRedis.ONE_SERVER.url();
        try (RedisStores zero = stores(url).prefix(prefix).connect();
                RedisStores one = stores(url + "/1").prefix(prefix).connect();
                RedisStores other = stores(url).prefix(prefix + "-other").connect()) {
            assertWorks(zero);
            for (RedisStores each : List.of(one, other)) {
                assertThat(Stages.await(each.dialogs().find(Dialogs.id("c")))).isInstanceOf(DialogLookup.Absent.class);
            }
        } finally {
            TestRedis.ONE_SERVER.drop(prefix);
        }
    }

    @Test
    void aClusterThatIsTakenForOneServer_andTheReverse_areMistakes() {
        String one = TestRedis.CLUSTER.url().replaceFirst("-cluster", "").replaceFirst(",.*", "");
        assertThatThrownBy(() -> stores(one).connect())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("redis-cluster://");
        assertThatThrownBy(() -> stores(TestRedis.ONE_SERVER.url().replaceFirst("redis", "redis-cluster"))
                        .connect())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("cluster support disabled");
    }

    /** Also what was asked a moment before. */
    @Test
    void close_sendsWhatWasAsked_andEndsItsThreads() {
        String prefix = TestRedis.newPrefix();
        RedisClusterCommands<String, String> raw = TestRedis.ONE_SERVER.raw();
        List<CompletionStage<BindResult>> asked = new ArrayList<>();
        long threads = ownThreads();
        RedisStores stores = TestRedis.ONE_SERVER.stores(prefix).connect();
        assertThat(ownThreads()).isGreaterThan(threads);
        for (int i = 0; i < 1_000; i++) {
            asked.add(Dialogs.bind(stores, "c" + i));
        }
        stores.close();
        stores.close();
        assertThat(asked).allSatisfy(each -> assertThat(Stages.await(each)).isInstanceOf(BindResult.Bound.class));
        assertThat(stores.statistics().waiting()).isZero();
        Stages.until("its threads have ended", () -> raw.ping().equals("PONG") && ownThreads() <= threads);
        TestRedis.ONE_SERVER.drop(prefix);
    }

    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tandem-redis"))
                .count();
    }

    @Test
    void sharedStateAlone_isOneLine_andClosesItsConnection() {
        RedisClusterCommands<String, String> raw = TestRedis.ONE_SERVER.raw();
        SharedState shared = RedisSharedState.connect(TestRedis.ONE_SERVER.url());
        assertThat(Stages.await(shared.get("nothing"))).isEmpty();
        assertThat(raw.clientList()).contains("name=tandem ");
        shared.close();
        shared.close();
        assertThat(Stages.failure(shared.get("nothing"))).isInstanceOf(StoreUnavailableException.class);
        Stages.until("the server has seen it", () -> !raw.clientList().contains("name=tandem "));
    }

    /** A server that was started anew knows no script, and is sent it. */
    @Test
    void scriptsThatTheServerForgot_areSentAgain() {
        String prefix = TestRedis.newPrefix();
        try (RedisStores stores = TestRedis.ONE_SERVER.stores(prefix).connect()) {
            assertWorks(stores);
            TestRedis.ONE_SERVER.raw().scriptFlush();
            assertWorks(stores);
        } finally {
            TestRedis.ONE_SERVER.drop(prefix);
        }
    }
}
