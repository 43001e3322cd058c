package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.freeswitch.FreeSwitchState.Link;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.NodeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * What a router makes of each state that a FreeSWITCH node can be in: a real router, a real probe, and a node that speaks
 * as a real one does. The page docs/reference/freeswitch-states.md has the same table.
 */
class FreeSwitchStatesTest {
    private static final Path PAGE =
            Path.of(System.getProperty("basedir", "."), "..", "docs", "reference", "freeswitch-states.md");
    private static final NodeId FS1 = NodeId.of("fs1");
    private static final HealthPolicy POLICY = HealthPolicy.builder()
            .intervals(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(50))
            .probeTimeout(Duration.ofMillis(500))
            .burst(2, Duration.ofMillis(20), Duration.ofMillis(500), Duration.ofMillis(50))
            .confirmDownAfter(Duration.ofMillis(300))
            .maxThrottle(Duration.ofSeconds(1))
            .build();
    private static final EslTimings TIMINGS = new EslTimings(
            Duration.ofSeconds(5),
            Duration.ofMillis(300),
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMinutes(1));

    /** Does something to a node. */
    @FunctionalInterface
    private interface Turn {
        void on(ScriptedSwitch node) throws Exception;
    }

    /** One line of the table. */
    private record Row(
            String name,
            String options,
            String socket,
            Turn turn,
            HealthState health,
            LoadState load,
            Predicate<FreeSwitchState> known,
            Predicate<HaEvent> event,
            String meaning) {
        Row knowing(Predicate<FreeSwitchState> expected) {
            return new Row(name, options, socket, turn, health, load, expected, event, meaning);
        }

        Row telling(Predicate<HaEvent> expected) {
            return new Row(name, options, socket, turn, health, load, known, expected, meaning);
        }
    }

    private static Row row(
            String name, String options, String socket, HealthState health, LoadState load, String meaning, Turn turn) {
        return new Row(name, options, socket, turn, health, load, known -> true, event -> true, meaning);
    }

    private static Row open(String name, String options, String socket, String meaning, Turn turn) {
        return row(name, options, socket, HealthState.HEALTHY, LoadState.AVAILABLE, meaning, turn);
    }

    private static Row closed(String name, String options, String socket, String meaning, Turn turn) {
        return row(name, options, socket, HealthState.HEALTHY, LoadState.THROTTLED, meaning, turn);
    }

    private static Row down(String name, String options, String socket, String meaning, Turn turn) {
        return row(name, options, socket, HealthState.DOWN, LoadState.AVAILABLE, meaning, turn);
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(open("normal", "200", "ready", "takes calls", node -> {})
                .knowing(state -> state.maxSessions().getAsInt() == 1000
                        && state.sessionsPerSecond().getAsInt() == 200
                        && state.coreUuid().equals(ScriptedSwitch.LIFE)));
        rows.add(closed("`fsctl pause`", "503", "is not ready", "only its own calls", node -> {
                    node.paused = true;
                    node.emitApi("fsctl pause");
                })
                .knowing(FreeSwitchState::paused));
        rows.add(closed("`fsctl pause inbound`", "503", "is ready; `pause_check` true", "only its own calls", node -> {
                    node.pausedInbound = true;
                    node.emitApi("fsctl pause inbound");
                })
                .knowing(FreeSwitchState::paused));
        rows.add(open("`fsctl pause outbound`", "200", "ready", "takes calls from here", node -> {
            node.pausedOutbound = true;
            node.emitApi("fsctl pause outbound");
        }));
        rows.add(closed("one leg below `max-sessions`", "200", "999 of 1000", "the next leg would be refused", node -> {
                    node.sessions = 999;
                })
                .knowing(FreeSwitchState::isFull));
        rows.add(closed("at `max-sessions`", "503", "1000 of 1000", "full", node -> node.sessions = 1000)
                .knowing(FreeSwitchState::isFull));
        rows.add(open(
                        "`sessions-per-second` used up",
                        "200",
                        "ready",
                        "the INVITE gets 503 and goes to another node; a burst of a second benches nobody",
                        node -> {
                            node.maxPerSecond = 20;
                            node.sessionsNow = 20;
                            node.emitHeartbeat();
                        })
                .knowing(state -> state.sessionsPerSecond().getAsInt() == 20));
        rows.add(closed(
                        "idle CPU below its minimum",
                        "200",
                        "`min idle cpu` above what is idle",
                        "INVITEs would get 503",
                        node -> node.lacksIdleCpu = true)
                .knowing(FreeSwitchState::lacksIdleCpu));
        rows.add(closed(
                        "`fsctl shutdown elegant`, calls up",
                        "200",
                        "ready; SHUTDOWN_REQUESTED; `shutdown_check` true",
                        "ends with its last call, so gets no more",
                        node -> {
                            node.elegant = true;
                            node.emitShutdownRequested("elegant");
                        })
                .knowing(FreeSwitchState::shuttingDown));
        rows.add(open("the same, then `fsctl shutdown cancel`", "200", "ready", "takes calls again", node -> {
                    node.elegant = true;
                    node.emitShutdownRequested("elegant");
                    node.awaitOptions(2);
                    node.elegant = false;
                    node.emitApi("fsctl shutdown cancel");
                })
                .knowing(state -> !state.shuttingDown()));
        rows.add(closed("`fsctl shutdown asap`, calls up", "503", "is not ready", "ends with its last call", node -> {
                    node.asap = true;
                    node.emitShutdownRequested("ASAP");
                })
                .knowing(FreeSwitchState::shuttingDown));
        rows.add(down("shuts down (SIGTERM, last call ended)", "refused", "SHUTDOWN, notice, closed", "gone", node -> {
            node.emitShutdown();
            node.kill();
        }));
        rows.add(down(
                "SIP profile stopped or without its port",
                "refused",
                "ready",
                "the process lives, and no call reaches it",
                ScriptedSwitch::stopSip));
        rows.add(down("SIP profile silent", "no answer", "ready", "no call reaches it", node -> {
            node.sip = ScriptedSwitch.Sip.SILENT;
        }));
        rows.add(open(
                        "database down",
                        "200",
                        "`show` says Database error",
                        "takes calls; those made now could not be taken over",
                        node -> node.databaseDown = true)
                .knowing(FreeSwitchState::databaseDown));
        rows.add(down("frozen (SIGSTOP)", "no answer", "no answer to commands", "fenced before it thaws", node -> {
            node.freeze();
        }));
        rows.add(down("frozen, connected anew", "no answer", "connects, no greeting", "the same", node -> {
                    node.freeze();
                    node.cut();
                })
                .knowing(state -> state.link() == Link.SILENT));
        rows.add(down("killed (SIGKILL, `shutdown now`)", "refused", "closed, then refused", "gone", node -> {
            node.kill();
        }));
        rows.add(open("event socket not loaded", "200", "refused", "judged by OPTIONS alone", node -> {
                    node.stopEventSocket();
                })
                .knowing(state -> state.link() == Link.REFUSED));
        rows.add(open("access list refuses us", "200", "rude-rejection", "an event says so", node -> {
                    node.greeting = ScriptedSwitch.Greeting.RUDE;
                    node.cut();
                })
                .knowing(state -> state.link() == Link.MISCONFIGURED)
                .telling(event -> event instanceof HaEvent.ProbeMisconfigured));
        rows.add(open("password wrong", "200", "-ERR invalid", "an event says so", node -> {
                    node.password = "another";
                    node.cut();
                })
                .knowing(state -> state.link() == Link.MISCONFIGURED)
                .telling(event -> event instanceof HaEvent.ProbeMisconfigured));
        rows.add(open("another program at that port", "200", "no event socket", "an event says so", node -> {
                    node.greeting = ScriptedSwitch.Greeting.FOREIGN;
                    node.cut();
                })
                .knowing(state -> state.link() == Link.MISCONFIGURED)
                .telling(event -> event instanceof HaEvent.ProbeMisconfigured));
        rows.add(down("another node has its address", "200", "another switchname", "not the node meant", node -> {
            node.switchname = "fs2";
            node.cut();
        }));
        rows.add(open("restarted at once", "200", "another core UUID", "its calls are known to be gone", node -> {
                    node.coreUuid = ScriptedSwitch.NEXT_LIFE;
                    node.cut();
                })
                .knowing(state -> state.coreUuid().equals(ScriptedSwitch.NEXT_LIFE))
                .telling(event -> event instanceof HaEvent.NodeRestarted));
        return rows;
    }

    /** Fails when a state of a node leads to other axes than the table says, or is not known, or an event is missing. */
    @Test
    void eachState_leadsToItsAxes() throws Exception {
        ExecutorService together = Executors.newFixedThreadPool(6);
        Map<Row, Future<String>> outcomes = new LinkedHashMap<>();
        rows().forEach(row -> outcomes.put(row, together.submit(() -> outcome(row))));
        List<String> found = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (Map.Entry<Row, Future<String>> each : outcomes.entrySet()) {
            Row row = each.getKey();
            expected.add(row.name() + ": " + row.health() + ", " + row.load());
            found.add(each.getValue().get(60, TimeUnit.SECONDS));
        }
        together.shutdownNow();
        assertThat(found).isEqualTo(expected);
    }

    private static String outcome(Row row) throws Exception {
        BlockingQueue<HaEvent> events = new LinkedBlockingQueue<>();
        List<HaEvent> seen = new ArrayList<>();
        try (ScriptedSwitch node = new ScriptedSwitch();
                FreeSwitchProbe probe = new FreeSwitchProbe(
                        UdpOptionsProbe.create(),
                        FreeSwitchStatesTest::address,
                        TIMINGS,
                        Ticker.system(),
                        new Random(3));
                HaRouter router = router(probe, node, events)) {
            node.sessions = 7;
            router.start();
            await(
                    events,
                    seen,
                    () -> state(probe).link() == Link.UP
                            && state(probe).sessions().isPresent()
                            && !state(probe).coreUuid().isEmpty()
                            && snapshot(router).health() == HealthState.HEALTHY);
            seen.clear();
            row.turn().on(node);
            boolean answers = row.health() == HealthState.HEALTHY;
            boolean settled = (!answers || node.awaitOptions(3))
                    && await(
                            events,
                            seen,
                            () -> row.known().test(state(probe))
                                    && (always(row) || seen.stream().anyMatch(row.event()))
                                    && wasDown(seen) != answers
                                    && snapshot(router).health() == row.health()
                                    && snapshot(router).load() == row.load());
            NodeSnapshot now = snapshot(router);
            String late = settled ? "" : "; known " + state(probe) + ", seen " + seen;
            return row.name() + ": " + now.health() + ", " + now.load() + late;
        }
    }

    private static boolean wasDown(List<HaEvent> seen) {
        return seen.stream()
                .anyMatch(event -> event instanceof HaEvent.HealthChanged changed && changed.to() == HealthState.DOWN);
    }

    private static boolean always(Row row) {
        return row.event().test(new HaEvent.EventsMissed(Instant.EPOCH, 0, ""));
    }

    private static Optional<EventSocketAddress> address(Node node) {
        return Optional.of(
                EventSocketAddress.of("127.0.0.1", 1, ScriptedSwitch.PASSWORD).at(node));
    }

    private static HaRouter router(FreeSwitchProbe probe, ScriptedSwitch node, BlockingQueue<HaEvent> events) {
        Node named = node.node("fs1").toBuilder()
                .attribute(FreeSwitchProbe.SWITCHNAME, "fs1")
                .pool("media")
                .build();
        return Tandem.builder()
                .nodes(NodeSource.fixed(List.of(named)))
                .probe(probe)
                .healthPolicy(POLICY)
                .listener(events::add)
                .build();
    }

    private static FreeSwitchState state(FreeSwitchProbe probe) {
        return probe.state(FS1).orElse(FreeSwitchState.UNKNOWN);
    }

    private static NodeSnapshot snapshot(HaRouter router) {
        return router.view().nodes().get(0);
    }

    /** Looks again at each event, and from time to time. */
    private static boolean await(BlockingQueue<HaEvent> events, List<HaEvent> seen, BooleanSupplier reached)
            throws InterruptedException {
        long begun = System.nanoTime();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - begun > 15_000_000_000L) {
                return false;
            }
            HaEvent event = events.poll(10, TimeUnit.MILLISECONDS);
            if (event != null) {
                seen.add(event);
            }
        }
        events.drainTo(seen);
        return true;
    }

    /** Fails when the page says something else than the rows that are tried above. */
    @Test
    void page_hasTheTable() throws Exception {
        StringBuilder table = new StringBuilder("| # | the node is | OPTIONS | event socket | health | load | so |\n");
        table.append("|---|---|---|---|---|---|---|\n");
        int number = 0;
        for (Row row : rows()) {
            String load = row.health() == HealthState.DOWN ? "-" : row.load().toString();
            table.append("| " + ++number + " | " + row.name() + " | " + row.options() + " | " + row.socket() + " | "
                    + row.health() + " | " + load + " | " + row.meaning() + " |\n");
        }
        String expected = "<!-- table: states -->\n\n" + table + "\n<!-- end of table: states -->";
        String page = Files.exists(PAGE) ? Files.readString(PAGE).replace("\r\n", "\n") : "";
        if (!page.contains(expected)) {
            fail("put this into %s:%n%n%s%n", PAGE.normalize(), expected);
        }
        assertThat(number).isEqualTo(24);
    }
}
