package io.tandemsip.examples.benchmarks.postgres;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.postgres.PostgresStores;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Binds per second through the dialog store, beside raw {@code INSERT … SELECT FROM unnest} of batches as large: of the same rows
 * into a table of the same columns and indexes, and of Call-ID, node and expiry alone; in turns, by one thread each. Then bytes
 * per dialog, and how long a look-up takes with few dialogs and with many.
 */
public final class PostgresBinds {
    private static final int UNDER_WAY = 2_000;
    private static final int BATCH = 500;
    private static final int NODES = 10;
    private static final int LOOK_UPS = 20_000;
    private static final int FEW = 10_000;
    private static final int MOST_COMPARED = 200_000;
    private static final String LEAST = "INSERT INTO call SELECT id, node, now() + interval '2 hours'"
            + " FROM unnest(?::text[], ?::text[]) AS t (id, node)";
    private static final String SAME =
            "INSERT INTO same (key, owner, call_id, first_tag, second_tag, incarnation, epoch, phase, expires_at)"
                    + " SELECT key, owner, id, a, b, '', 0, 1, now() + interval '2 hours'"
                    + " FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[]) AS t (key, owner, id, a, b)";
    private static final Duration LIFE = Duration.ofHours(2);

    private final Connection raw;
    private final DialogStore store;

    private PostgresBinds(Connection connection, PostgresStores stores) {
        raw = connection;
        store = stores.dialogs();
    }

    /**
     * Runs it.
     *
     * @param args how many dialogs; 200,000 unless given
     * @throws Exception if there is no PostgreSQL, or it fails
     */
    public static void main(String[] args) throws Exception {
        int dialogs = args.length > 0 ? Integer.parseInt(args[0]) : MOST_COMPARED;
        try (LocalPostgres postgres = new LocalPostgres();
                Connection connection = DriverManager.getConnection(postgres.url());
                PostgresStores stores = PostgresStores.builder(postgres.url())
                        .timeout(Duration.ofSeconds(30))
                        .connect()) {
            PostgresBinds benchmark = new PostgresBinds(connection, stores);
            benchmark.run(
                    "CREATE TABLE call (call_id text COLLATE \"C\" PRIMARY KEY, node text, expires_at timestamptz)");
            benchmark.run("CREATE TABLE same (LIKE tandem.dialog INCLUDING ALL)");
            benchmark.compare(5, Math.min(dialogs, MOST_COMPARED));
            benchmark.size(dialogs);
        } catch (IOException missing) {
            System.err.println("no PostgreSQL could be started: " + missing.getMessage());
            System.exit(2);
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }

    private long ask(String sql) throws SQLException {
        try (Statement statement = raw.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The first two rounds warm up and do not count. */
    private void compare(int rounds, int dialogs) throws Exception {
        double[] least = new double[rounds];
        double[] same = new double[rounds];
        double[] bind = new double[rounds];
        for (int round = -2; round < rounds; round++) {
            run("TRUNCATE call, same, tandem.dialog");
            double leasts = inserts(dialogs, LEAST, this::least);
            double sames = inserts(dialogs, SAME, this::same);
            double binds = binds(dialogs);
            System.out.printf(
                    "%s INSERT … unnest: three columns %,9.0f/s, same rows %,9.0f/s   bind %,9.0f/s   ratios %.2f, %.2f%n",
                    round < 0 ? "(warm-up)" : "         ", leasts, sames, binds, binds / leasts, binds / sames);
            if (round >= 0) {
                least[round] = leasts;
                same[round] = sames;
                bind[round] = binds;
            }
        }
        double binds = median(bind);
        System.out.printf(
                "Medians of %d rounds: three columns %,.0f/s, same rows %,.0f/s, bind %,.0f/s, ratios %.2f, %.2f%n",
                rounds, median(least), median(same), binds, binds / median(least), binds / median(same));
    }

    /** Sets the parameters of a batch. */
    @FunctionalInterface
    private interface Rows {
        void set(PreparedStatement insert, int from, int size) throws SQLException;
    }

    private double inserts(int many, String sql, Rows rows) throws SQLException {
        long beganNanos = System.nanoTime();
        try (PreparedStatement insert = raw.prepareStatement(sql)) {
            for (int from = 0; from < many; from += BATCH) {
                rows.set(insert, from, Math.min(BATCH, many - from));
                insert.executeUpdate();
            }
        }
        return many * 1e9 / (System.nanoTime() - beganNanos);
    }

    private void least(PreparedStatement insert, int from, int size) throws SQLException {
        insert.setArray(1, texts(from, size, PostgresBinds::callId));
        insert.setArray(2, texts(from, size, i -> "sip:127.0.0.1" + i % NODES + ":5080"));
    }

    private void same(PreparedStatement insert, int from, int size) throws SQLException {
        insert.setArray(1, texts(from, size, i -> key(dialog(i)).toString()));
        insert.setArray(2, texts(from, size, i -> "fs" + i % NODES));
        insert.setArray(3, texts(from, size, PostgresBinds::callId));
        insert.setArray(4, texts(from, size, i -> dialog(i).fromTag()));
        insert.setArray(5, texts(from, size, i -> dialog(i).toTag()));
    }

    private Array texts(int from, int size, IntFunction<String> text) throws SQLException {
        return raw.createArrayOf(
                "text", IntStream.range(from, from + size).mapToObj(text).toArray());
    }

    private static UUID key(DialogId dialog) {
        try {
            String name = dialog.callId() + '\0' + dialog.fromTag() + '\0' + dialog.toTag();
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private double binds(int many) throws InterruptedException {
        Semaphore free = new Semaphore(UNDER_WAY);
        AtomicInteger failed = new AtomicInteger();
        long beganNanos = System.nanoTime();
        for (int i = 0; i < many; i++) {
            free.acquire();
            DialogBinding binding = new DialogBinding(
                    dialog(i), NodeId.of("fs" + i % NODES), Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED);
            store.bind(binding, LIFE).whenComplete((answer, failure) -> {
                if (failure != null || !(answer instanceof BindResult.Bound)) {
                    failed.incrementAndGet();
                }
                free.release();
            });
        }
        free.acquire(UNDER_WAY);
        long tookNanos = System.nanoTime() - beganNanos;
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " of " + many + " failed");
        }
        return many * 1e9 / tookNanos;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String callId(int i) {
        return String.format("%08x-4f5a-11ee-8b7c-525400123456@10.0.%d.%d", i * 0x9E3779B9, i >> 8 & 255, i & 255);
    }

    private static DialogId dialog(int i) {
        return new DialogId(callId(i), "as" + Integer.toHexString(i), "z9" + Integer.toHexString(i));
    }

    private void size(int dialogs) throws Exception {
        run("TRUNCATE call, same, tandem.dialog");
        binds(FEW);
        String few = lookUps(FEW);
        fill(FEW, dialogs);
        System.out.printf(
                "%,d dialogs: %d bytes each, with indexes%n",
                dialogs, ask("SELECT pg_total_relation_size('tandem.dialog')") / dialogs);
        System.out.printf(
                "One look-up after the other: with %,d dialogs %s, with %,d %s%n", FEW, few, dialogs, lookUps(dialogs));
    }

    /** On the server, as the store writes them: its keys are in no order, so the indexes grow as they do with real ones. */
    private void fill(int from, int to) throws SQLException {
        int step = 250_000;
        for (int begin = from; begin < to; begin += step) {
            run(
                    "INSERT INTO tandem.dialog (key, call_id, first_tag, second_tag, owner, incarnation, epoch, phase, expires_at)"
                            + " SELECT encode(substring(sha256(convert_to(id, 'UTF8') || '\\x00' || convert_to(a, 'UTF8') || '\\x00'"
                            + " || convert_to(b, 'UTF8')) FOR 16), 'hex')::uuid, id, a, b, 'fs' || i % " + NODES
                            + ", '', 0, 1, now() + interval '2 hours' FROM (SELECT i, lpad(to_hex(i * 2654435769 % 4294967296), 8, '0')"
                            + " || '-4f5a-11ee-8b7c-525400123456@10.0.' || (i >> 8 & 255) || '.' || (i & 255) AS id,"
                            + " 'as' || to_hex(i) AS a, 'z9' || to_hex(i) AS b FROM generate_series(" + begin
                            + "::bigint, "
                            + (Math.min(to, begin + step) - 1) + ") AS i) AS t");
        }
        run("VACUUM ANALYZE tandem.dialog");
    }

    private String lookUps(int dialogs) throws Exception {
        long[] nanos = new long[LOOK_UPS];
        for (int round = 0; round < 2; round++) { // the first warms up
            for (int i = 0; i < LOOK_UPS; i++) {
                int which = (int) ((long) i * 7919 % dialogs);
                long beganNanos = System.nanoTime();
                DialogLookup found =
                        store.find(dialog(which)).toCompletableFuture().get(1, TimeUnit.MINUTES);
                nanos[i] = System.nanoTime() - beganNanos;
                if (!(found instanceof DialogLookup.Found)) {
                    throw new IllegalStateException(dialog(which) + " is not found");
                }
            }
        }
        Arrays.sort(nanos);
        return String.format(
                "%d µs (99 of 100: %d µs)", nanos[LOOK_UPS / 2] / 1_000, nanos[LOOK_UPS * 99 / 100] / 1_000);
    }
}
