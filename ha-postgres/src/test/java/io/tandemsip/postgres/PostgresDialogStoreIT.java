package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.node.Incarnation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the contract does not ask of dialogs in PostgreSQL. */
class PostgresDialogStoreIT {
    private final String schema = TestServer.newSchema();
    private final PostgresStores stores = TestServer.stores(schema)
            .timeout(Duration.ofSeconds(20)) // not what is tried here, and the machine may be busy
            .connect();

    @AfterEach
    void end() {
        stores.close();
        TestServer.drop(schema);
    }

    @Test
    void manyBinds_shareBatches() {
        List<CompletionStage<BindResult>> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            all.add(Dialogs.bind(stores, "c" + i));
        }
        assertThat(all).allSatisfy(each -> assertThat(Stages.await(each)).isInstanceOf(BindResult.Bound.class));
        assertThat(Stages.await(stores.dialogs().count(Dialogs.NODE))).isEqualTo(5_000);
        assertThat(stores.statistics().batches()).isLessThan(500);
    }

    /** A bind and the end after it, asked at once: they keep their order however they are batched. */
    @Test
    void d6_bindRefreshAndEnd_askedAtOnce_keepTheirOrder() {
        List<CompletionStage<Boolean>> ends = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Dialogs.bind(stores, "c" + i);
            stores.dialogs().refresh(Dialogs.id("c" + i), Dialogs.HOUR);
            ends.add(stores.dialogs().end(Dialogs.id("c" + i), Dialogs.HOUR));
        }
        assertThat(ends).allSatisfy(each -> assertThat(Stages.await(each)).isTrue());
        assertThat(Stages.await(stores.dialogs().count(Dialogs.NODE))).isZero();
    }

    /** Whatever somebody sends as a Call-ID, it is stored, and spoils nobody else's. */
    @Test
    void anyCallId_isStored() {
        List<String> callIds = List.of(
                "nul\0inside", "half\ud83d", "\udc00", "back\\slash", "\ud83d\ude00", "x".repeat(20_000), "'; --");
        List<CompletionStage<BindResult>> binds =
                callIds.stream().map(each -> Dialogs.bind(stores, each)).toList();
        binds.forEach(each -> assertThat(Stages.await(each)).isInstanceOf(BindResult.Bound.class));
        callIds.forEach(each -> assertThat(Stages.await(stores.dialogs().find(Dialogs.id(each))))
                .isEqualTo(new DialogLookup.Found(Dialogs.binding(each))));
        assertThat(Stages.await(stores.dialogs().list(Dialogs.NODE, "", 100)).bindings())
                .extracting(each -> each.dialog().callId())
                .containsExactlyInAnyOrderElementsOf(callIds);
    }

    /** Fails when one row that can't be read fails the others of its batch. */
    @Test
    void aRowThatCannotBeRead_isToldToWhoAsksForIt_andHidesNoOther() {
        Stages.await(Dialogs.bind(stores, "good"));
        Stages.await(Dialogs.bind(stores, "bad"));
        TestServer.run("UPDATE " + schema + ".dialog SET incarnation = 'nothing \\ escaped' WHERE call_id = 'bad'");
        CompletionStage<DialogLookup> bad = stores.dialogs().find(Dialogs.id("bad"));
        CompletionStage<DialogLookup> good = stores.dialogs().find(Dialogs.id("good"));
        assertThat(Stages.failure(bad)).isInstanceOf(StoreCorruptException.class);
        assertThat(Stages.await(good)).isInstanceOf(DialogLookup.Found.class);
        DialogPage page = Stages.await(stores.dialogs().list(Dialogs.NODE, "", 10));
        assertThat(page.bindings()).containsExactly(Dialogs.binding("good"));
        assertThat(stores.statistics().unreadable()).isOne();
    }

    /** The database hangs: callers are answered at once when the queue is full, and memory stays bounded. */
    @Test
    void aQueueThatIsFull_failsAtOnce_andIsCounted() throws Exception {
        try (PostgresStores small = TestServer.stores(schema).queueSize(20).connect();
                Connection other = DriverManager.getConnection(TestServer.jdbcUrl());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE " + schema + ".dialog");
            List<CompletionStage<BindResult>> binds = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                binds.add(Dialogs.bind(small, "c" + i));
            }
            List<CompletionStage<BindResult>> refused = binds.stream()
                    .filter(each -> each.toCompletableFuture().isDone())
                    .toList();
            assertThat(refused).hasSizeGreaterThanOrEqualTo(60);
            assertThat(Stages.failure(refused.get(0))).isInstanceOf(StoreUnavailableException.class);
            assertThat(small.statistics().refused()).isEqualTo(refused.size());
            assertThat(small.statistics().waiting()).isEqualTo(100 - refused.size());
            other.rollback();
            binds.removeAll(refused);
            assertThat(binds).allSatisfy(each -> assertThat(Stages.await(each)).isInstanceOf(BindResult.Bound.class));
        }
    }

    /**
     * What stands when a fence is answered is all that will ever stand under an old epoch (T1). Fails when binds don't share
     * the lock that a fence takes.
     */
    @Test
    void t1_fence_isAnsweredOnlyWhenNoBindUnderAnOldEpochIsUnderWay() {
        try (PostgresStores other = TestServer.stores(schema).connect()) {
            for (int round = 1; round <= 30; round++) {
                List<CompletionStage<BindResult>> binds = new ArrayList<>();
                for (int i = 0; i < 400; i++) {
                    DialogBinding old = new DialogBinding(
                            Dialogs.id("r" + round + "-" + i),
                            Dialogs.NODE,
                            Incarnation.UNKNOWN,
                            round - 1,
                            DialogPhase.CONFIRMED);
                    binds.add(stores.dialogs().bind(old, Dialogs.HOUR));
                }
                Stages.await(binds.get(0));
                Stages.await(other.dialogs().fence(Dialogs.NODE, round));
                Set<DialogId> atFence = listed(other);
                binds.forEach(Stages::await);
                assertThat(listed(other)).isEqualTo(atFence);
                assertThat(binds)
                        .allSatisfy(each -> assertThat(Stages.await(each))
                                .isInstanceOfAny(BindResult.Bound.class, BindResult.Fenced.class));
                TestServer.run("TRUNCATE " + schema + ".dialog");
            }
        }
    }

    private static Set<DialogId> listed(PostgresStores from) {
        Set<DialogId> all = new HashSet<>();
        String cursor = "";
        do {
            DialogPage page = Stages.await(from.dialogs().list(Dialogs.NODE, cursor, 10_000));
            all.addAll(page.bindings().stream().map(DialogBinding::dialog).collect(Collectors.toSet()));
            cursor = page.nextCursor();
        } while (!cursor.isEmpty());
        return all;
    }

    /** Fails when the walk passes over what expired, or takes what lives. */
    @Test
    void whatExpired_isRemoved_andNothingElse() {
        for (int i = 0; i < 2_000; i++) {
            Dialogs.bind(stores, "short" + i, Duration.ofMillis(1));
            Dialogs.bind(stores, "long" + i);
        }
        Stages.eventually(() -> stores.dialogs().count(Dialogs.NODE));
        TestServer.ask("SELECT pg_sleep(0.1)");
        String left = "";
        for (int i = 0; i < 200 && !left.equals("2000"); i++) {
            left = TestServer.ask("SELECT count(*) FROM " + schema + ".dialog, pg_sleep(0.1)");
        }
        assertThat(left).isEqualTo("2000");
        assertThat(Stages.await(stores.dialogs().count(Dialogs.NODE))).isEqualTo(2_000);
        assertThat(stores.statistics().swept()).isEqualTo(2_000);
    }

    /** Many pages, few at a time, and round again. */
    @Test
    void theWalk_goesThroughTheWholeTable_boundedEachTime() {
        TestServer.run(
                "INSERT INTO " + schema + ".dialog SELECT gen_random_uuid(), now() - interval '1 s', 0, 1, 'fs1',"
                        + " '', 'call' || i || repeat('x', 400), 'a', 'b' FROM generate_series(1, 4000) i");
        long pages = Long.parseLong(TestServer.ask("SELECT pg_relation_size('" + schema + ".dialog') / 8192"));
        assertThat(pages).isGreaterThan(3 * 64);
        String step = Sql.in(schema).sweep("dialog").replace("?", "'dialog'");
        long removed = 0;
        long most = 0;
        for (int i = 0; i < 20 && removed < 4_000; i++) {
            TestServer.run("UPDATE " + schema + ".sweep SET swept_at = '-infinity' WHERE swept = 'dialog'");
            long once = Long.parseLong(TestServer.ask(step));
            removed = 4_000 - Long.parseLong(TestServer.ask("SELECT count(*) FROM " + schema + ".dialog"));
            most = Math.max(most, once);
        }
        assertThat(removed).isEqualTo(4_000);
        assertThat(most).isLessThanOrEqualTo(64 * 20);
    }

    /** Two at once: the second has nothing to do, and does not wait either. */
    @Test
    void theWalk_isDoneByOneRouterAtATime() throws Exception {
        String step = Sql.in(schema).sweep("dialog").replace("?", "'dialog'");
        try (Connection other = DriverManager.getConnection(TestServer.jdbcUrl());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT FROM " + schema + ".sweep FOR UPDATE");
            TestServer.run("INSERT INTO " + schema + ".dialog SELECT gen_random_uuid(), now() - interval '1 s', 0, 1,"
                    + " 'fs1', '', 'call' || i, 'a', 'b' FROM generate_series(1, 10) i");
            assertThat(TestServer.ask(step)).isEqualTo("0");
            assertThat(TestServer.ask("SELECT count(*) FROM " + schema + ".dialog"))
                    .isEqualTo("10");
        }
    }

    /** However many rows there are, rows are found by keys. Fails when an index is missing or not used. */
    @Test
    void lookUps_goByIndex_whenTheTableIsLarge() {
        TestServer.run("INSERT INTO " + schema + ".dialog SELECT gen_random_uuid(), now() + interval '1 h', 0, 1,"
                + " 'n' || i % 50, '', 'call' || i, 'a', 'b' FROM generate_series(1, 20000) i");
        TestServer.run("ANALYZE " + schema + ".dialog");
        Sql sql = Sql.in(schema);
        String key = "'00000000-0000-0000-0000-000000000001'::uuid";
        String keys = "ARRAY[" + key + "]";
        for (String statement : List.of(
                sql.statement("find").replace("?::uuid[]", keys),
                sql.statement("refresh").replace("?::uuid[]", keys).replace("?::bigint[]", "ARRAY[1]"),
                sql.statement("end-early").replace("?::uuid[]", keys),
                sql.statement("list")
                        .replace("owner = ?", "owner = 'n1'")
                        .replace("key > ?", "key > " + key)
                        .replace("LIMIT ?", "LIMIT 10"),
                sql.statement("count").replace("?", "'n1'"))) {
            String plan = TestServer.askAll("EXPLAIN " + statement);
            assertThat(plan).contains("dialog_").doesNotContain("Seq Scan on dialog");
        }
    }
}
