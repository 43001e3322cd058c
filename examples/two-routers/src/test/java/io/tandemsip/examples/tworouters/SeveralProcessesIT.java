package io.tandemsip.examples.tworouters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandemsip.examples.haproxy.demo.DemoNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Routers in processes of their own over a real store, 100 calls a second from SIPp, each transaction through another router: INVITE,
 * ACK, re-INVITE, ACK, BYE. Whatever fails, no call does, and no request within a call reaches a node that never had it.
 * {@code -Dtandem.outage=60} makes stores stay away longer.
 */
class SeveralProcessesIT {
    private static final int RATE = 100;
    private static final int CALLS_BEFORE = 400;
    private static final int OUTAGE_SECONDS = Integer.getInteger("tandem.outage", 6);
    private static final Duration MOST = Duration.ofSeconds(30);

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<DemoNode> nodes = new ArrayList<>();
    private final List<RouterProcess> routers = new ArrayList<>();
    private final List<CuttableTcp> ways = new ArrayList<>();

    @TempDir
    Path folder;

    private Switch between;
    private int port;

    @BeforeEach
    void begin() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/sipp")), "skipped: no SIPp at /usr/bin/sipp");
        for (String name : List.of("fs1", "fs2", "fs3")) {
            nodes.add(opened(new DemoNode(name, timer, System::nanoTime)));
        }
    }

    @AfterEach
    void end() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        timer.shutdownNow();
    }

    private <T extends AutoCloseable> T opened(T it) {
        opened.add(it);
        return it;
    }

    private void routers(int count, int storePort, String store) throws Exception {
        port = Loopback.udpPort(count);
        StringBuilder pool = new StringBuilder();
        nodes.forEach(node -> pool.append("- {id: " + node.name() + ", uri: \"" + node.uri() + "\"}\n"));
        for (int i = 0; i < count; i++) {
            CuttableTcp way = opened(new CuttableTcp(storePort));
            ways.add(way);
            routers.add(opened(RouterProcess.start(
                    i, port, pool.toString(), store.replace("PORT", Integer.toString(way.port())), folder)));
        }
        for (RouterProcess router : routers) {
            router.awaitReady();
        }
        between =
                opened(new Switch(port, routers.stream().map(RouterProcess::sip).toList()));
        warmUp();
    }

    private RedisProcess overRedis(int count) throws Exception {
        RedisProcess redis = opened(RedisProcess.start());
        routers(count, redis.port(), "redis: {url: \"redis://127.0.0.1:PORT\"}");
        return redis;
    }

    private PostgresProcess overPostgres(int count) throws Exception {
        PostgresProcess server = opened(new PostgresProcess());
        routers(
                count,
                server.port(),
                "postgres: {url: \"jdbc:postgresql://127.0.0.1:PORT/postgres?user=postgres\", schema: tandem}");
        return server;
    }

    /** What happens in the middle of it. */
    @FunctionalInterface
    private interface Trouble {
        void happen() throws Exception;
    }

    private Process caller(int calls, int perSecond, int mostSeconds) throws Exception {
        return new ProcessBuilder(
                        "/usr/bin/sipp",
                        "-sf",
                        Path.of(SeveralProcessesIT.class
                                        .getResource("/sipp/uac.xml")
                                        .toURI())
                                .toString(),
                        "127.0.0.1:" + port,
                        "-i",
                        "127.0.0.1",
                        "-r",
                        Integer.toString(perSecond),
                        "-m",
                        Integer.toString(calls),
                        "-nostdin",
                        "-trace_err",
                        "-default_behaviors",
                        "all,-abortunexp", // a 100 that is repeated is no failure
                        "-recv_timeout",
                        "20000",
                        "-timeout",
                        mostSeconds + "s",
                        "-timeout_error")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("sipp.txt").toFile())
                .start();
    }

    /** A few calls first: routers that were started a moment ago have no time to spare. */
    private void warmUp() throws Exception {
        Process caller = caller(60, 20, 30);
        opened.add(caller::destroy);
        assertThat(caller.waitFor(40, TimeUnit.SECONDS)).isTrue();
    }

    private void callsDuring(int seconds, Trouble trouble) throws Exception {
        int calls = RATE * seconds;
        long before = taken();
        Process caller = caller(calls, RATE, seconds + 60);
        opened.add(caller::destroy);
        until(() -> taken() >= before + CALLS_BEFORE);
        trouble.happen();
        assertThat(caller.waitFor(seconds + 90L, TimeUnit.SECONDS)).isTrue();
        System.out.printf(
                Locale.ROOT,
                "%d calls through %d routers, %d placed on nodes, %d requests misrouted, SIPp ended with %d%n",
                calls,
                routers.size(),
                taken(),
                misrouted(),
                caller.exitValue());
        assertThat(misrouted())
                .as("requests within calls that reached a wrong node")
                .isZero();
        assertThat(caller.exitValue()).as(this::whatFailed).isZero();
    }

    private long taken() {
        return nodes.stream().mapToLong(node -> node.counts().calls()).sum();
    }

    private long misrouted() {
        return nodes.stream().mapToLong(node -> node.counts().misrouted()).sum();
    }

    private String whatFailed() {
        StringBuilder text = new StringBuilder("calls that failed; SIPp says:\n");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (file.toString().endsWith("errors.log")) {
                    Files.readAllLines(file).stream()
                            .limit(40)
                            .forEach(line -> text.append(line).append('\n'));
                }
            }
            for (RouterProcess router : routers) {
                text.append(router.name()).append(":\n");
                router.log()
                        .lines()
                        .filter(line -> !line.contains("DrainChanged"))
                        .limit(40)
                        .forEach(line -> text.append(line).append('\n'));
            }
        } catch (IOException unreadable) {
            text.append(unreadable);
        }
        return text.toString();
    }

    /** Something to be waited for. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(Condition condition) throws Exception {
        long endNanos = System.nanoTime() + MOST.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waited for too long").isLessThan(endNanos);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private void killTheRouterThatDrains() throws Exception {
        RouterProcess first = routers.get(0);
        first.post("/nodes/fs1/drain?reason=maintenance");
        for (RouterProcess router : routers) {
            router.await("fs1", "DRAINING", MOST);
        }
        first.kill();
        between.without(first.sip());
        nodes.forEach(node -> node.moved(first.sip(), routers.get(1).sip()));
        for (RouterProcess router : routers.subList(1, routers.size())) {
            router.await("fs1", "DRAINED", MOST);
        }
    }

    @Test
    void redis_aRouterIsKilled_theOthersServeItsCallsAndEndItsDrain() throws Exception {
        overRedis(3);
        callsDuring(12, this::killTheRouterThatDrains);
    }

    @Test
    void redis_theServerIsKilledAndComesBackEmpty() throws Exception {
        RedisProcess redis = overRedis(2);
        callsDuring(8 + OUTAGE_SECONDS, () -> {
            redis.stop();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(OUTAGE_SECONDS));
            redis.restart();
        });
    }

    @Test
    void redis_oneRouterIsCutOff_theOthersObeyWithoutIt() throws Exception {
        overRedis(3);
        callsDuring(8 + OUTAGE_SECONDS, () -> {
            ways.get(0).cut();
            routers.get(1).post("/nodes/fs1/out?reason=maintenance");
            routers.get(2).await("fs1", "OUT_OF_SERVICE", MOST);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(OUTAGE_SECONDS));
            ways.get(0).mend();
            routers.get(0).await("fs1", "OUT_OF_SERVICE", MOST);
        });
    }

    @Test
    void postgres_aRouterIsKilled_theOtherServesItsCallsAndEndsItsDrain() throws Exception {
        overPostgres(2);
        callsDuring(12, this::killTheRouterThatDrains);
    }

    @Test
    void postgres_theServerStandsStill_andIsStopped() throws Exception {
        PostgresProcess server = overPostgres(3);
        callsDuring(8 + 2 * OUTAGE_SECONDS, () -> {
            server.pause();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(OUTAGE_SECONDS));
            server.resume();
            awaitStores();
            server.stop();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(OUTAGE_SECONDS));
            server.start();
            awaitStores();
        });
    }

    /** What is ordered at one is obeyed by another: they reach the store again. */
    private void awaitStores() throws Exception {
        routers.get(0).post("/nodes/fs1/out?reason=test");
        routers.get(1).await("fs1", "OUT_OF_SERVICE", MOST);
        routers.get(1).post("/nodes/fs1/return?reason=test");
        for (RouterProcess router : routers) {
            router.await("fs1", "IN_SERVICE", MOST);
        }
    }

    @Test
    void postgres_oneRouterIsCutOffWithoutAWord_theOthersObeyADrainThatEndsWhenItIsBack() throws Exception {
        overPostgres(3);
        callsDuring(8 + OUTAGE_SECONDS, () -> {
            ways.get(0).silence();
            routers.get(1).post("/nodes/fs1/drain?reason=maintenance");
            assertThat(routers.get(0).has("fs1", "IN_SERVICE")).isTrue();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(OUTAGE_SECONDS));
            assertThat(routers.get(2).has("fs1", "IN_SERVICE")).isFalse();
            ways.get(0).mend();
            for (RouterProcess router : routers) {
                router.await("fs1", "DRAINED", MOST);
            }
        });
    }
}
