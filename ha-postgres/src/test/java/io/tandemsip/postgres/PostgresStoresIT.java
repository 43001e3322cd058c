package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Starting, versions of the tables, and several routers on one database. */
class PostgresStoresIT {
    private final String schema = TestServer.newSchema();

    @AfterEach
    void drop() {
        TestServer.drop(schema);
    }

    private PostgresStores connect() {
        return TestServer.stores(schema).connect();
    }

    @Test
    void connect_ofManyAtOnce_makesTheTablesOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<PostgresStores>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                all.add(threads.submit(this::connect));
            }
            for (Future<PostgresStores> each : all) {
                try (PostgresStores stores = each.get(20, TimeUnit.SECONDS)) {
                    assertThat(Stages.await(Dialogs.bind(stores, "c" + all.indexOf(each))))
                            .isInstanceOf(BindResult.Bound.class);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(TestServer.ask("SELECT count(*) FROM " + schema + ".schema_version"))
                .isEqualTo("1");
    }

    @Test
    void connect_toTablesOfALaterVersion_saysWhatToDo_unlessTheyCanBeReadByThisOne() {
        connect().close();
        TestServer.run("INSERT INTO " + schema + ".schema_version (version, readable_from) VALUES (8, 1)");
        connect().close();
        TestServer.run("INSERT INTO " + schema + ".schema_version (version, readable_from) VALUES (9, 9)");
        assertThatThrownBy(this::connect)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("schema " + schema + ": version 9")
                .hasMessageContaining("take a newer library");
    }

    @Test
    void connect_withoutTables_andNotAllowedToMakeThem_saysWhichScriptIsMissing() {
        PostgresStoresBuilder byHand = TestServer.stores(schema).applySchema(false);
        assertThatThrownBy(byHand::connect)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("V1.sql");
        TestServer.run("CREATE SCHEMA " + schema);
        TestServer.run(Sql.in(schema).migration(1));
        byHand.connect().close();
    }

    /** Found out only when the database comes: an outage then, not an end. */
    @Test
    void tablesThatDoNotFit_whenStartingWasAllowedWithoutThem_areAnOutage() {
        Sql sql = Sql.in(schema);
        Schema byHand = new Schema(sql, false);
        try (Connections connections = new OwnPool(TestServer.stores(schema))) {
            Database database = new Database(connections, 2_000, byHand);
            assertThatThrownBy(() -> database.call(connection -> true))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("V1.sql");
            connect().close();
            assertThat(database.<Boolean>call(connection -> true)).isTrue();
        }
    }

    @Test
    void connect_withMistakes_listsThemAll() {
        assertThatThrownBy(() -> PostgresStores.builder("jdbc:mysql://h/d?password=secret")
                        .user("tandem")
                        .password("secret")
                        .schema("No Such")
                        .poolSize(0)
                        .queueSize(0)
                        .timeout(Duration.ZERO)
                        .connect())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("6 mistake(s)")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aDataSourceOfYourOwn_isUsed_andNotClosed() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestServer.jdbcUrl());
        config.setMaximumPoolSize(3);
        try (HikariDataSource own = new HikariDataSource(config)) {
            try (PostgresStores stores =
                    PostgresStores.builder(own).schema(schema).connect()) {
                assertThat(Stages.await(Dialogs.bind(stores, "c"))).isInstanceOf(BindResult.Bound.class);
                BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
                try (Subscription watch = stores.sharedState().watch("", changes::add)) {
                    assertThat(watch).isNotNull();
                    Stages.await(set(stores, "k"));
                    assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("k");
                }
            }
            assertThat(own.isClosed()).isFalse();
            try (var connection = own.getConnection()) {
                assertThat(connection.isValid(5)).isTrue();
            }
        }
    }

    @Test
    void close_failsWhatComesAfter_andIsIdempotent() {
        PostgresStores stores = connect();
        var before = Dialogs.bind(stores, "before");
        stores.close();
        stores.close();
        assertThat(Stages.await(before)).isInstanceOf(BindResult.Bound.class);
        assertThat(Stages.failure(Dialogs.bind(stores, "after"))).isInstanceOf(StoreUnavailableException.class);
    }

    /** Issue: a drain ordered at one router is obeyed by all within a second. */
    @Test
    void aChangeAtOneRouter_isSeenByAnother_withinASecond() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (PostgresStores one = connect();
                PostgresStores other = connect();
                Subscription watch = other.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            Stages.await(set(one, "warm"));
            assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("warm");
            for (int i = 0; i < 5; i++) {
                Stages.await(set(one, "k" + i));
                assertThat(changes.poll(1, TimeUnit.SECONDS)).isInstanceOf(SharedChange.Put.class);
            }
        }
    }

    /** Nobody notifies: the change is found by looking. Fails when the look is left out. */
    @Test
    void aChangeWithoutANotification_isSeenWithinASecond() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (PostgresStores stores = connect();
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            Stages.await(set(stores, "warm"));
            assertThat(changes.poll(10, TimeUnit.SECONDS).key()).isEqualTo("warm");
            TestServer.run("UPDATE " + schema + ".revision SET last = last + 1; INSERT INTO " + schema
                    + ".state (key, version, value) SELECT 'quiet', last, '' FROM " + schema + ".revision");
            assertThat(changes.poll(1, TimeUnit.SECONDS).key()).isEqualTo("quiet");
        }
    }

    /** An entry that expires is told as gone, although nobody wrote anything. */
    @Test
    void anEntryThatExpires_isToldAsGone() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (PostgresStores stores = connect();
                Subscription watch = stores.sharedState().watch("", changes::add)) {
            assertThat(watch).isNotNull();
            Stages.await(stores.sharedState().compareAndSet("k", SharedState.ABSENT, "v", Duration.ofMillis(300)));
            assertThat(changes.poll(10, TimeUnit.SECONDS)).isInstanceOf(SharedChange.Put.class);
            assertThat(changes.poll(10, TimeUnit.SECONDS)).isEqualTo(new SharedChange.Gone("k"));
        }
    }

    /** NOTIFY lets one commit at a time through on the whole server. Fails when each change notifies. */
    @Test
    void manyChanges_shareAFewNotifications() {
        try (PostgresStores stores = connect()) {
            long beganNanos = System.nanoTime();
            for (int i = 0; i < 300; i++) {
                Stages.await(set(stores, "k" + i));
            }
            long gaps = (System.nanoTime() - beganNanos) / TimeUnit.MILLISECONDS.toNanos(50);
            assertThat(stores.statistics().notifications())
                    .isBetween(1L, gaps + 2)
                    .isLessThan(300);
        }
    }

    private static java.util.concurrent.CompletionStage<?> set(PostgresStores stores, String key) {
        return stores.sharedState().compareAndSet(key, SharedState.ABSENT, "v", Duration.ZERO);
    }
}
