package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A primary and a standby that follows it, both real, and what a URL with both makes of the primary's end. */
class PostgresFailoverIT {
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private final String schema = TestServer.newSchema();
    private OutageServer primary;
    private OutageServer standby;

    @BeforeEach
    void start() {
        primary = new OutageServer();
        standby = primary.standby();
    }

    @AfterEach
    void stop() {
        standby.close();
        primary.close();
    }

    private PostgresStores connect(Duration timeout) {
        return PostgresStores.builder(primary.urlWith(standby))
                .schema(schema)
                .timeout(timeout)
                .connect();
    }

    private static void run(OutageServer server, String sql) {
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    private static void waitUntil(OutageServer server, String condition) {
        run(
                server,
                "DO $$ BEGIN FOR i IN 1..2000 LOOP IF " + condition
                        + " THEN RETURN; END IF; PERFORM pg_stat_clear_snapshot(); PERFORM pg_sleep(0.01); END LOOP; "
                        + "RAISE 'never: " + condition.replace("'", "''") + "'; END $$");
    }

    /** The servers of tests answer a commit before it is on their disk, so what is inserted counts. */
    private void waitUntilReplayed() {
        run(
                primary,
                "DO $$ DECLARE written pg_lsn := pg_current_wal_insert_lsn(); BEGIN FOR i IN 1..2000 LOOP "
                        + "IF EXISTS (SELECT FROM pg_stat_replication WHERE replay_lsn >= written) THEN RETURN; END IF; "
                        + "PERFORM pg_stat_clear_snapshot(); PERFORM pg_sleep(0.01); END LOOP; "
                        + "RAISE 'the standby does not follow'; END $$");
    }

    /** What is written from now on never reaches the standby. */
    private void breakReplication() {
        waitUntilReplayed();
        standby.follow("");
        run(standby, "SELECT pg_reload_conf()");
        waitUntil(standby, "NOT EXISTS (SELECT FROM pg_stat_wal_receiver)");
    }

    private static CompletionStage<?> set(PostgresStores stores, String key, String value) {
        return stores.sharedState().compareAndSet(key, SharedState.ABSENT, value, Duration.ZERO);
    }

    /** Fails when what may have been written is said to be refused, and when the standby is not found. */
    @Test
    void aPrimaryKilledInMidBatch_isReplacedByItsPromotedStandby() throws Exception {
        try (PostgresStores stores = connect(Duration.ofSeconds(4));
                Connection other = DriverManager.getConnection(primary.url());
                Statement statement = other.createStatement()) {
            Stages.await(Dialogs.bind(stores, "before"));
            waitUntilReplayed();
            other.setAutoCommit(false);
            statement.execute("SELECT FROM " + schema + ".dialog FOR UPDATE");
            CompletionStage<BindResult> underWay = Dialogs.bind(stores, "before");
            waitUntil(
                    primary,
                    "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'tandem' AND wait_event_type = 'Lock')");
            primary.kill();
            assertThat(Stages.failure(underWay)).isInstanceOf(StoreTimeoutException.class);
            assertThat(Stages.failure(Dialogs.bind(stores, "away")))
                    .isInstanceOfAny(StoreTimeoutException.class, StoreUnavailableException.class);
            run(standby, "SELECT pg_promote(true, 20)");
            assertThat(Stages.eventually(() -> Dialogs.bind(stores, "after"))).isInstanceOf(BindResult.Bound.class);
            assertThat(Stages.await(stores.dialogs().find(Dialogs.id("before"))))
                    .isInstanceOf(DialogLookup.Found.class);
        }
    }

    /** Asynchronous replication. Fails when a watcher is not told that what it knew is gone, or is told something older. */
    @Test
    void aFailoverThatLosesTheLastWrites_isToldAsGone_andVersionsGoOn() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (PostgresStores stores = connect(TIMEOUT);
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            Stages.await(set(stores, "kept", "1"));
            breakReplication();
            Stages.await(set(stores, "lost", "2"));
            Stages.await(Dialogs.bind(stores, "lost"));
            assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("kept");
            SharedChange.Put lost = (SharedChange.Put) changes.poll(10, TimeUnit.SECONDS);
            assertThat(lost.key()).isEqualTo("lost");
            primary.kill();
            run(standby, "SELECT pg_promote(true, 20)");
            assertThat(Stages.eventually(() -> stores.dialogs().find(Dialogs.id("lost"))))
                    .isInstanceOf(DialogLookup.Absent.class);
            assertThat(changes.poll(20, TimeUnit.SECONDS)).isEqualTo(new SharedChange.Gone("lost"));
            Stages.await(set(stores, "lost", "3"));
            SharedChange.Put again = (SharedChange.Put) changes.poll(10, TimeUnit.SECONDS);
            assertThat(again.entry().value()).isEqualTo("3");
            assertThat(again.entry().version()).isGreaterThan(lost.entry().version());
        }
    }

    /** Fails when a server is used that can only be read. */
    @Test
    void aStandbyAlone_isNoServerForRouters() {
        connect(TIMEOUT).close();
        waitUntilReplayed();
        assertThatThrownBy(() -> PostgresStores.builder(standby.url())
                        .schema(schema)
                        .timeout(TIMEOUT)
                        .connect())
                .isInstanceOf(StoreUnavailableException.class);
    }
}
