package io.tandemsip.examples.tworouters;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.examples.tworouters.Phone.Call;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * T1, T2: calls outlive their FreeSWITCH node, with all that takes part in it: two proxies in processes of their own, with a section
 * {@code takeover} in their configuration, a Redis or PostgreSQL for what they share, a PostgreSQL for the rows of the nodes, and nodes
 * that recover from these rows as real ones do.
 */
@Timeout(180)
class TakeoverIT {
    private static final Duration MOST = Duration.ofSeconds(60);
    private static final int ROUTERS = 2;
    private static final int CALLS = 30;

    /** Where the routers have what they share; the rows are in PostgreSQL either way. */
    private enum Shared {
        REDIS,
        POSTGRESQL
    }

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<SharingNode> nodes = new ArrayList<>();
    private final List<RouterProcess> routers = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    @TempDir
    Path folder;

    private Phone phone;
    private String database;

    private void begin(Shared shared) throws Exception {
        PostgresProcess server = opened(new PostgresProcess());
        database = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres";
        SharingNode.createTables(database);
        int port = freePort("127.0.1.21", "127.0.1.22", "127.0.1.23");
        for (int i = 1; i <= 3; i++) {
            nodes.add(
                    opened(new SharingNode("fs" + i, "127.0.1.2" + i, port, database, ROUTERS, () -> router().sip())));
        }
        Files.writeString(folder.resolve("secret"), SharingNode.PASSWORD);
        String store = shared == Shared.REDIS
                ? opened(RedisProcess.start()).store()
                : "postgres: {url: \"" + database + "\", schema: tandem}";
        int sip = Loopback.udpPort(ROUTERS);
        for (int i = 0; i < ROUTERS; i++) {
            int number = i;
            StringBuilder media = new StringBuilder("eventSocket: {password: {file: secret}}\nnodes:\n");
            nodes.forEach(node -> media.append("  ").append(node.configured(number)));
            routers.add(opened(
                    RouterProcess.configured(number, sip, media.toString(), """
                    store:
                      %s
                    takeover: {recoveryTimeout: 20s, database: {url: "%s"}}
                    """.formatted(store, database), folder)));
        }
        for (RouterProcess router : routers) {
            router.awaitReady();
            until(
                    router,
                    () -> router.get("/nodes").split("HEALTHY", -1).length > nodes.size()
                            && router.get("/events").contains("RouterChanged"));
        }
        phone = opened(new Phone());
        for (int i = 0; i < CALLS; i++) {
            calls.add(phone.call(router().sip()));
        }
    }

    @AfterEach
    void end() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T it) {
        opened.add(it);
        return it;
    }

    /** One after the other, as a balancer in front that leaves addresses alone. */
    private RouterProcess router() {
        return routers.get(Math.floorMod(turn.getAndIncrement(), routers.size()));
    }

    private static int freePort(String... hosts) throws Exception {
        for (int i = 0; i < 50; i++) {
            List<DatagramSocket> sockets = new ArrayList<>();
            try {
                int port = 0;
                for (String host : hosts) {
                    sockets.add(new DatagramSocket(new InetSocketAddress(host, port)));
                    port = sockets.get(0).getLocalPort();
                }
                return port;
            } catch (java.net.BindException taken) {
                Thread.onSpinWait();
            } finally {
                sockets.forEach(DatagramSocket::close);
            }
        }
        throw new IllegalStateException("no port is free at all of " + List.of(hosts));
    }

    private static void until(RouterProcess router, Callable<Boolean> condition) throws Exception {
        long endNanos = System.nanoTime() + MOST.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("waited for too long; " + router.name() + " says:\n" + router.get("/nodes")
                        + router.get("/events") + router.log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private void awaitRecovered() throws Exception {
        for (RouterProcess router : routers) {
            until(router, () -> router.get("/events").contains("state=RECOVERED"));
        }
    }

    private List<Call> callsOf(SharingNode node) {
        return calls.stream().filter(call -> node.has(call.callId)).toList();
    }

    private SharingNode successor() {
        List<SharingNode> told =
                nodes.stream().filter(node -> !node.rowsSeen.isEmpty()).toList();
        assertThat(told).as("nodes that recovered").hasSize(1);
        return told.get(0);
    }

    private static String status(CompletableFuture<Wire> answer) throws Exception {
        Wire got = answer.get(40, TimeUnit.SECONDS);
        return got.status() + " " + got.header("User-Agent");
    }

    /** Through both routers, by the target that the phone learned and by the one of the dead node. */
    private void endAll(List<Call> all, String expected) throws Exception {
        for (Call call : all) {
            assertThat(status(phone.ask(call, "INVITE", call.firstTarget, router().sip())))
                    .isEqualTo(expected);
            assertThat(status(phone.ask(call, "BYE", call.target, router().sip())))
                    .isEqualTo(expected);
        }
    }

    /**
     * Fails when both routers act; when rows are not rewritten (the node then sends nothing) or those of living nodes not hidden (their
     * calls are stolen then) or not shown again; when a router does not obey what the other did; when what nobody could save goes uncounted.
     */
    @ParameterizedTest
    @EnumSource
    void calls_outliveTheirNode_throughEveryRouter(Shared shared) throws Exception {
        begin(shared);
        SharingNode dead = nodes.get(0);
        List<Call> all = callsOf(dead);
        assertThat(all).hasSizeGreaterThan(2);
        List<Call> others = calls.stream().filter(call -> !all.contains(call)).toList();
        dead.loseRow(all.get(0).callId);
        dead.loseTag(all.get(1).callId);
        List<Call> lost = all.subList(2, all.size());
        dead.kill();
        awaitRecovered();

        SharingNode successor = successor();
        assertThat(successor.recoveries).as("who told it to").hasSize(1);
        SharingNode bystander = nodes.stream()
                .filter(node -> node != dead && node != successor)
                .findFirst()
                .orElseThrow();
        assertThat(successor.rowsSeen)
                .hasSize(CALLS - 1)
                .contains("fs1 external " + successor.host)
                .doesNotContain("fs1 external " + dead.host)
                .doesNotContain(bystander.name + " external " + bystander.host);
        for (Call call : lost) {
            until(router(), () -> call.target.contains(successor.host) && call.media.equals(successor.host));
        }
        assertThat(others).allMatch(call -> call.target.equals(call.firstTarget));
        List<Call> theirs = callsOf(bystander);
        endAll(lost, "200 " + successor.name);
        endAll(theirs, "200 " + bystander.name);
        assertThat(sharedRows())
                .as("shown again; those that are left are the successor's own")
                .containsOnly(successor.name + " external");
        for (RouterProcess router : routers) {
            assertThat(router.get("/takeovers"))
                    .contains("\"state\":\"RECOVERED\"")
                    .contains("\"calls\":" + lost.size())
                    .contains("\"lost\":{\"NOT_STORED\":1,\"UNACKNOWLEDGED\":1}");
            assertThat(router.log())
                    .as("preconditions")
                    .doesNotContain("takeover:")
                    .doesNotContain(SharingNode.PASSWORD);
        }
    }

    /** Fails when nobody goes on, when the other acts too, or when requests go anywhere but to the one successor. */
    @ParameterizedTest
    @EnumSource
    void theRouterThatActs_isKilledInTheMidst_andTheOtherEndsIt(Shared shared) throws Exception {
        begin(shared);
        CompletableFuture<Void> goesOn = new CompletableFuture<>();
        nodes.forEach(node -> node.goesOn = goesOn);
        SharingNode dead = nodes.get(0);
        List<Call> lost = callsOf(dead);
        dead.kill();
        Integer actor = null;
        long endNanos = System.nanoTime() + MOST.toNanos();
        while (actor == null && System.nanoTime() - endNanos < 0) {
            for (SharingNode node : nodes) {
                actor = actor == null ? node.recoveries.peek() : actor;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        assertThat(actor).as("the router that acts").isNotNull();
        RouterProcess killed = routers.remove((int) actor);
        RouterProcess left = routers.get(0);
        killed.kill();
        until(left, () -> left.get("/events").contains("state=FENCED"));
        goesOn.complete(null);
        List<CompletableFuture<Wire>> inTheGap = new ArrayList<>();
        for (Call call : lost.subList(0, Math.min(3, lost.size()))) {
            inTheGap.add(phone.ask(call, "INFO", call.firstTarget, left.sip()));
        }
        awaitRecovered();

        SharingNode successor = successor();
        assertThat(successor.recoveries).as("told once").containsExactly(actor);
        assertThat(left.get("/events")).contains("no rows of fs1 in profile external");
        for (CompletableFuture<Wire> answer : inTheGap) {
            assertThat(status(answer)).isEqualTo("200 " + successor.name);
        }
        for (Call call : lost) {
            until(left, () -> call.target.contains(successor.host));
        }
        endAll(lost, "200 " + successor.name);
        assertThat(sharedRows()).noneMatch(row -> row.contains("live:"));
    }

    private List<String> sharedRows() throws Exception {
        return SharingNode.rows(database);
    }
}
