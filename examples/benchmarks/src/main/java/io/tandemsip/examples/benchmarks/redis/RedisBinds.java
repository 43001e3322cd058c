package io.tandemsip.examples.benchmarks.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.redis.RedisStores;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Binds per second through the dialog store, beside raw pipelined {@code SET … EX} as the classic recipe has it, in turns,
 * by one thread each, with the same number under way. Then bytes per dialog, and how long a look-up takes with few dialogs
 * and with many.
 */
public final class RedisBinds {
    private static final int UNDER_WAY = 2_000;
    private static final int NODES = 10;
    private static final int LOOK_UPS = 20_000;
    private static final int FEW = 10_000;
    private static final Duration LIFE = Duration.ofHours(2);

    private final RedisAsyncCommands<String, String> raw;
    private final DialogStore store;

    private RedisBinds(StatefulRedisConnection<String, String> connection, RedisStores stores) {
        raw = connection.async();
        store = stores.dialogs();
    }

    /**
     * Runs it.
     *
     * @param args how many dialogs; 200,000 unless given
     * @throws Exception if there is no redis-server, or it fails
     */
    public static void main(String[] args) throws Exception {
        int dialogs = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
        try (LocalRedis redis = new LocalRedis();
                RedisClient client = RedisClient.create(redis.url());
                StatefulRedisConnection<String, String> connection = client.connect();
                RedisStores stores = RedisStores.builder(redis.url())
                        .timeout(Duration.ofSeconds(10))
                        .connect()) {
            RedisBinds benchmark = new RedisBinds(connection, stores);
            benchmark.compare(7, Math.min(dialogs, 200_000));
            benchmark.size(dialogs);
        } catch (IOException missing) {
            System.err.println("no redis-server could be started: " + missing.getMessage());
            System.exit(2);
        }
    }

    /** The first two rounds warm up and do not count. */
    private void compare(int rounds, int dialogs) throws Exception {
        double[] set = new double[rounds];
        double[] bind = new double[rounds];
        for (int round = -2; round < rounds; round++) {
            double sets = perSecond(dialogs, this::set);
            double binds = perSecond(dialogs, this::bind);
            System.out.printf(
                    "%s SET … EX %,9.0f/s   bind %,9.0f/s   ratio %.2f%n",
                    round < 0 ? "(warm-up)" : "         ", sets, binds, binds / sets);
            if (round >= 0) {
                set[round] = sets;
                bind[round] = binds;
            }
        }
        System.out.printf(
                "Medians of %d rounds: SET … EX %,.0f/s, bind %,.0f/s, ratio %.2f%n",
                rounds, median(set), median(bind), median(bind) / median(set));
    }

    private double perSecond(int many, IntFunction<CompletionStage<?>> operation) throws Exception {
        raw.flushall().get(1, TimeUnit.MINUTES);
        Semaphore free = new Semaphore(UNDER_WAY);
        AtomicInteger failed = new AtomicInteger();
        long beganNanos = System.nanoTime();
        for (int i = 0; i < many; i++) {
            free.acquire();
            operation.apply(i).whenComplete((answer, failure) -> {
                if (failure != null || (answer instanceof BindResult && !(answer instanceof BindResult.Bound))) {
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

    private CompletionStage<?> set(int i) {
        return raw.set("call:" + callId(i), "sip:127.0.0.11:5080", SetArgs.Builder.ex(LIFE.toSeconds()));
    }

    private CompletionStage<?> bind(int i) {
        return store.bind(
                new DialogBinding(
                        dialog(i), NodeId.of("fs" + i % NODES), Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED),
                LIFE);
    }

    private static String callId(int i) {
        return String.format("%08x-4f5a-11ee-8b7c-525400123456@10.0.%d.%d", i * 0x9E3779B9, i >> 8 & 255, i & 255);
    }

    private static DialogId dialog(int i) {
        return new DialogId(callId(i), "as" + Integer.toHexString(i * 31), "z9" + Integer.toHexString(i * 17));
    }

    private void size(int dialogs) throws Exception {
        raw.flushall().get(1, TimeUnit.MINUTES);
        long emptyBytes = usedBytes();
        perSecondWithoutFlush(FEW, 0);
        String few = lookUps(FEW);
        perSecondWithoutFlush(dialogs, FEW);
        System.out.printf("%,d dialogs: %d bytes each%n", dialogs, (usedBytes() - emptyBytes) / dialogs);
        System.out.printf(
                "One look-up after the other: with %,d dialogs %s, with %,d %s%n", FEW, few, dialogs, lookUps(dialogs));
    }

    private void perSecondWithoutFlush(int to, int from) throws Exception {
        Semaphore free = new Semaphore(UNDER_WAY);
        for (int i = from; i < to; i++) {
            free.acquire();
            bind(i).whenComplete((answer, failure) -> free.release());
        }
        free.acquire(UNDER_WAY);
    }

    private long usedBytes() throws Exception {
        return raw.info("memory")
                .get(1, TimeUnit.MINUTES)
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    private String lookUps(int dialogs) throws Exception {
        long[] nanos = new long[LOOK_UPS];
        for (int i = 0; i < LOOK_UPS; i++) {
            long beganNanos = System.nanoTime();
            store.find(dialog((int) ((long) i * 7919 % dialogs)))
                    .toCompletableFuture()
                    .get(1, TimeUnit.MINUTES);
            nanos[i] = System.nanoTime() - beganNanos;
        }
        Arrays.sort(nanos);
        return String.format(
                "%d µs (99 of 100: %d µs)", nanos[LOOK_UPS / 2] / 1_000, nanos[LOOK_UPS * 99 / 100] / 1_000);
    }
}
