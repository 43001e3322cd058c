package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import io.tandemsip.node.NodeId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of requests when things are done to a real server. */
class PostgresOutageIT {
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private static OutageServer server;

    private final String schema = TestServer.newSchema();

    @BeforeAll
    static void start() {
        server = new OutageServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private PostgresStores connect() {
        return stores().connect();
    }

    private PostgresStoresBuilder stores() {
        return PostgresStores.builder(server.url()).schema(schema).timeout(TIMEOUT);
    }

    private static CompletionStage<BindResult> bind(PostgresStores stores, String callId) {
        return Dialogs.bind(stores, callId);
    }

    private static void run(String sql) {
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    /** A machine that hangs, or a cable that was cut: nothing comes back, not even an error. */
    @Test
    void aServerThatStandsStill_failsInTime_asUnknown_andIsUsedAgain() {
        try (PostgresStores stores = connect()) {
            Stages.await(bind(stores, "before"));
            server.pause();
            long beganNanos = System.nanoTime();
            HaException failure;
            long askedNanos;
            try {
                CompletionStage<BindResult> underWay = bind(stores, "during");
                askedNanos = System.nanoTime() - beganNanos;
                failure = Stages.failure(underWay);
            } finally {
                server.resume();
            }
            assertThat(Duration.ofNanos(askedNanos)).isLessThan(TIMEOUT);
            assertThat(failure).isInstanceOfAny(StoreTimeoutException.class, StoreUnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(TIMEOUT.multipliedBy(6));
            assertThat(Stages.eventually(() -> bind(stores, "during"))).isInstanceOf(BindResult.Bound.class);
        }
    }

    @Test
    void aServerThatIsStoppedAndStarted_isUsedAgain_andNothingWasMissed() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (PostgresStores stores = connect();
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            Stages.await(bind(stores, "before"));
            Stages.await(set(stores, "k", "before"));
            assertThat(changes.poll(10, TimeUnit.SECONDS)).isInstanceOf(SharedChange.Put.class);
            server.stop();
            HaException failure;
            try {
                failure = Stages.failure(bind(stores, "during"));
            } finally {
                server.start();
            }
            assertThat(failure).isInstanceOfAny(StoreTimeoutException.class, StoreUnavailableException.class);
            Stages.eventually(() -> bind(stores, "after"));
            Stages.eventually(() -> set(stores, "later", "after"));
            assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("later");
            assertThat(Stages.await(stores.dialogs().count(NodeId.of("fs1")))).isEqualTo(2);
        }
    }

    private static CompletionStage<?> set(PostgresStores stores, String key, String value) {
        return stores.sharedState().compareAndSet(key, SharedState.ABSENT, value, Duration.ZERO);
    }

    @Test
    void aServerThatIsAway_isWaitedFor_whereThatIsAllowed() {
        server.stop();
        try {
            assertThatThrownBy(this::connect).isInstanceOf(StoreUnavailableException.class);
            try (PostgresStores stores = stores().startWhenAway(true).connect()) {
                assertThat(Stages.failure(bind(stores, "away"))).isInstanceOf(StoreUnavailableException.class);
                server.start();
                assertThat(Stages.eventually(() -> bind(stores, "back"))).isInstanceOf(BindResult.Bound.class);
            }
        } catch (AssertionError | RuntimeException failure) {
            server.stop();
            server.start();
            throw failure;
        }
    }

    /** The way to the server swallows all from now on, and tells nobody. Fails when a silent connection is lent again. */
    @Test
    void halfOpenConnections_areGivenUpInTime_andNewsGoOn() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (SilentWay way = new SilentWay(server.port());
                PostgresStores stores = PostgresStores.builder(way.url())
                        .schema(schema)
                        .timeout(TIMEOUT)
                        .connect();
                PostgresStores direct = connect();
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            Stages.await(bind(stores, "before"));
            Stages.await(set(direct, "first", "1"));
            assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("first");
            way.swallow();
            long beganNanos = System.nanoTime();
            CompletionStage<BindResult> underWay = bind(stores, "during");
            Stages.await(set(direct, "meanwhile", "2"));
            assertThat(Stages.failure(underWay)).isInstanceOf(StoreTimeoutException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(TIMEOUT.multipliedBy(6));
            assertThat(Stages.eventually(() -> bind(stores, "after"))).isInstanceOf(BindResult.Bound.class);
            assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("meanwhile");
        }
    }

    /** Real: the table stands on a file system of its own that fills up. Fails when it is taken for "may have been done". */
    @Test
    void aFullDisk_isUnavailable_untilThereIsRoom() throws Exception {
        try (SmallDisk disk = SmallDisk.mount();
                PostgresStores stores = connect()) {
            run("CREATE TABLESPACE " + schema + " LOCATION '" + disk.directory() + "'");
            try {
                run("ALTER TABLE " + schema + ".dialog SET TABLESPACE " + schema);
                Stages.await(bind(stores, "before"));
                disk.fill();
                List<CompletionStage<BindResult>> many = new ArrayList<>();
                for (int i = 0; i < 2_000; i++) {
                    many.add(bind(stores, "many-" + i));
                }
                assertThat(Stages.failure(many.get(many.size() - 1)))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("53100");
                assertThat(Stages.await(stores.dialogs().find(Dialogs.id("before"))))
                        .isInstanceOf(DialogLookup.Found.class);
                disk.empty();
                assertThat(Stages.eventually(() -> bind(stores, "after"))).isInstanceOf(BindResult.Bound.class);
            } finally {
                run("DROP SCHEMA " + schema + " CASCADE");
                run("DROP TABLESPACE " + schema);
            }
        }
    }

    /** The batch waits for a row that somebody else holds; then its connection is cut on the server. */
    @Test
    void aConnectionThatIsTerminatedInMidBatch_failsTheBatch_andTheNextOneIsWritten() throws Exception {
        try (PostgresStores stores = connect();
                Connection other = DriverManager.getConnection(server.url());
                Statement statement = other.createStatement()) {
            Stages.await(bind(stores, "held"));
            other.setAutoCommit(false);
            statement.execute("SELECT FROM " + schema + ".dialog FOR UPDATE");
            CompletionStage<BindResult> underWay = bind(stores, "held");
            terminateWhoWaits();
            assertThat(Stages.failure(underWay)).isInstanceOf(StoreTimeoutException.class);
            other.rollback();
            assertThat(Stages.await(bind(stores, "held"))).isInstanceOf(BindResult.Bound.class);
        }
    }

    private static void terminateWhoWaits() {
        run("DO $$ BEGIN FOR i IN 1..1000 LOOP "
                + "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity "
                + "WHERE application_name = 'tandem' AND wait_event_type = 'Lock'; "
                + "IF FOUND THEN RETURN; END IF; "
                + "PERFORM pg_stat_clear_snapshot(); PERFORM pg_sleep(0.01); END LOOP; "
                + "RAISE 'nobody waits'; END $$");
    }

    /** The transaction is held up beyond the time-out: the server ends the statement, so it is known not to be done. */
    @Test
    void aRowThatIsHeld_failsInTime() throws Exception {
        try (PostgresStores stores = connect();
                Connection other = DriverManager.getConnection(server.url());
                Statement statement = other.createStatement()) {
            Stages.await(bind(stores, "held"));
            other.setAutoCommit(false);
            statement.execute("SELECT FROM " + schema + ".dialog FOR UPDATE");
            assertThat(Stages.failure(bind(stores, "held")))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("statement timeout");
            other.rollback();
            assertThat(Stages.eventually(() -> bind(stores, "held"))).isInstanceOf(BindResult.Bound.class);
        }
    }

    /** Fails when neither the first reading of a new connection nor a look asks what happened before it listened. */
    @Test
    void aWatchWhoseConnectionWasTerminated_isToldWhatHappenedMeanwhile() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (PostgresStores stores = connect();
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            Stages.await(set(stores, "first", "1"));
            assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("first");
            // one transaction: the connection is gone before the change is to be seen, and no notification is sent
            run("BEGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'tandem' AND pid <> pg_backend_pid();"
                    + " UPDATE " + schema + ".revision SET last = last + 1;"
                    + " INSERT INTO " + schema + ".state (key, version, value) SELECT 'meanwhile', last, '2' FROM "
                    + schema + ".revision; DELETE FROM " + schema + ".state WHERE key = 'first'; COMMIT");
            assertThat(List.of(
                            changes.poll(10, TimeUnit.SECONDS).key(),
                            changes.poll(10, TimeUnit.SECONDS).key()))
                    .containsExactlyInAnyOrder("first", "meanwhile");
            assertThat(stores.statistics().resyncs()).isGreaterThanOrEqualTo(2);
        }
    }

    /** A primary that was demoted while connections to it stand. Fails when such a connection is used again. */
    @Test
    void aServerThatTurnsReadOnly_isUnavailable_untilItIsWritableAgain() {
        try (PostgresStores stores = connect()) {
            Stages.await(bind(stores, "before"));
            HaException failure;
            run("ALTER SYSTEM SET default_transaction_read_only = on");
            run("SELECT pg_reload_conf()");
            try {
                failure = lastFailure(stores);
            } finally {
                run("ALTER SYSTEM RESET default_transaction_read_only");
                run("SELECT pg_reload_conf()");
            }
            assertThat(failure)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("gives no connection");
            assertThat(Stages.eventually(() -> bind(stores, "after"))).isInstanceOf(BindResult.Bound.class);
        }
    }

    /** The server's processes read their settings anew in their own time; then each connection fails once. */
    private static HaException lastFailure(PostgresStores stores) {
        HaException failure = new HaException("the server is still writable");
        for (int i = 0; i < 10_000 && !String.valueOf(failure.getMessage()).contains("gives no connection"); i++) {
            try {
                bind(stores, "during").toCompletableFuture().get(20, TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                failure = (HaException) failed.getCause();
            } catch (InterruptedException | TimeoutException failed) {
                throw new AssertionError(failed);
            }
        }
        return failure;
    }

    @Test
    void aWrongPassword_isAMistakeOfTheConfiguration_thatDoesNotShowIt() {
        run("CREATE ROLE " + schema + " LOGIN PASSWORD 'right'");
        server.askForPassword(schema);
        run("SELECT pg_reload_conf()");
        run("GRANT CREATE ON DATABASE postgres TO " + schema);
        PostgresStoresBuilder wrong =
                PostgresStores.builder(server.urlWithoutUser()).schema(schema).user(schema);
        assertThatThrownBy(() -> wrong.password("wrong-secret").connect())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("wrong-secret");
        try (PostgresStores stores = wrong.password("right").connect()) {
            assertThat(Stages.await(bind(stores, "c"))).isInstanceOf(BindResult.Bound.class);
            run("ALTER ROLE " + schema + " PASSWORD 'changed'");
            run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + schema + "'");
            assertThat(Stages.eventually(() -> failing(stores)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("password authentication failed");
            run("ALTER ROLE " + schema + " PASSWORD 'right'");
            assertThat(Stages.eventually(() -> bind(stores, "d"))).isInstanceOf(BindResult.Bound.class);
        }
    }

    /** Succeeds with the failure once the connections of before are gone. */
    private static CompletionStage<HaException> failing(PostgresStores stores) {
        return bind(stores, "c").handle((bound, failure) -> {
            HaException why = failure instanceof HaException ha ? ha : (HaException) failure.getCause();
            if (why instanceof StoreUnavailableException) {
                return why;
            }
            throw why;
        });
    }
}
