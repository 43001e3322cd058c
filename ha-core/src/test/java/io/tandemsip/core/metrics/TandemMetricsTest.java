package io.tandemsip.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a registry gets to see. */
class TandemMetricsTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `(tandem[a-z.]+)` \\| (\\w+) \\| ([^|]*)\\|", Pattern.MULTILINE);

    private final ManualLoop loop = new ManualLoop(1_000_000_000L);
    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private Consumer<List<Node>> nodes = list -> {};
    private final HaRouter router = Tandem.builder()
            .simulated(loop, () -> Instant.ofEpochSecond(0, loop.nanoTime()), new SplittableRandom(3))
            .executor(Runnable::run)
            .nodes(new NodeSource() {
                @Override
                public void start(Consumer<List<Node>> listener) {
                    nodes = listener;
                    listener.accept(List.of(node(1), node(2)));
                }

                @Override
                public void close() {}
            })
            .probe((node, timeout) -> new CompletableFuture<ProbeResult>())
            .shadow(Strategies.powerOfTwoChoices())
            .build()
            .start();

    TandemMetricsTest() {
        loop.advance(50_000_000);
        new TandemMetrics(router).bindTo(registry);
    }

    private static Node node(int number) {
        return Node.of("n" + number, "sip:127.0.0.1:" + (5060 + number));
    }

    private CallAttempt place(String callId) {
        return ((Placement.Placed) router.place(CallRequest.invite(callId, "t"))).attempt();
    }

    private double counted(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    private double shown(String name, String... tags) {
        clock.add(Duration.ofSeconds(1));
        return registry.get(name).tags(tags).gauge().value();
    }

    /** Fails when a refusal is counted twice, or a failover as a call. */
    @Test
    void callsAttemptsFailoversAndRefusals_areCountedOnce() {
        CallAttempt first = place("a");
        first.sent();
        CallAttempt second = ((Placement.Placed) first.failed(new Failure.Response(503, Duration.ZERO))).attempt();
        second.sent();
        second.failed(new Failure.Response(486, Duration.ZERO));
        second.failed(new Failure.Response(486, Duration.ZERO));
        router.place(CallRequest.builder("b", "t").pool("unknown").build());
        assertThat(counted("tandem.calls.placed")).isEqualTo(1);
        assertThat(counted("tandem.failovers")).isEqualTo(1);
        assertThat(counted("tandem.attempts")).isEqualTo(2);
        assertThat(counted("tandem.calls.refused", "cause", "final_response")).isEqualTo(1);
        router.close();
        router.place(CallRequest.invite("c", "t"));
        assertThat(counted("tandem.calls.refused", "cause", "closed")).isEqualTo(1);
    }

    @Test
    void decisions_areTimedOnASample() {
        for (int i = 0; i < 1600; i++) {
            place("call-" + i);
        }
        assertThat(registry.get("tandem.decision").functionTimer().count()).isBetween(50.0, 200.0);
    }

    /** Fails when a gauge goes on reading the snapshot of its first reading. */
    @Test
    void axesAndCalls_followTheNode() {
        assertThat(shown("tandem.node.admin", "node", "n1", "state", "in_service"))
                .isEqualTo(1);
        router.takeOut("n2", "try");
        loop.advance(1_000_000);
        place("a");
        assertThat(shown("tandem.node.admin", "node", "n2", "state", "in_service"))
                .isZero();
        assertThat(shown("tandem.node.admin", "node", "n2", "state", "out_of_service"))
                .isEqualTo(1);
        assertThat(shown("tandem.node.calls", "node", "n1")).isEqualTo(1);
        assertThat(shown("tandem.node.capacity", "node", "n1")).isPositive();
    }

    /** Fails when headroom is read once, or a drain is counted at each of its events. */
    @Test
    void headroomAndDrains_areShown() {
        assertThat(shown("tandem.pool.survives", "pool", "default")).isEqualTo(1);
        assertThat(shown("tandem.pool.headroom", "pool", "default")).isInfinite();
        router.drain("n2").start();
        place("a");
        loop.advance(2_000_000_000L);
        assertThat(counted("tandem.drains.ended", "how", "drained")).isEqualTo(1);
        assertThat(counted("tandem.drains.ended", "how", "cancelled")).isZero();
        assertThat(shown("tandem.pool.survives", "pool", "default")).isZero();
        assertThat(shown("tandem.pool.headroom", "pool", "default")).isEqualTo(-1);
    }

    /** Fails when meters of nodes that left stay, or those of nodes that come are not made. */
    @Test
    void nodesThatComeAndGo_takeTheirMetersWithThem() {
        nodes.accept(List.of(node(1), node(3)));
        loop.advance(10_000_000_000L);
        shown("tandem.node.calls", "node", "n1");
        Set<String> named = registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("node"))
                .filter(name -> name != null)
                .collect(Collectors.toSet());
        assertThat(named).containsExactlyInAnyOrder("n1", "n3");
    }

    /** Fails when a meter is added, renamed or tagged otherwise without the document, or the other way round. */
    @Test
    void document_listsExactlyWhatIsRegistered() throws Exception {
        String text = Files.readString(Path.of("../docs/reference/metrics.md"));
        Set<String> documented =
                ROW.matcher(text).results().map(TandemMetricsTest::row).collect(Collectors.toCollection(TreeSet::new));
        Set<String> registered = registry.getMeters().stream()
                .map(TandemMetricsTest::row)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(registered);
    }

    private static String row(MatchResult row) {
        return row.group(1)
                + ' '
                + row.group(2)
                + ' '
                + row.group(3).replace("`", "").trim();
    }

    private static String row(Meter meter) {
        String type = meter.getId().getType() == Meter.Type.TIMER
                ? "timer"
                : meter.getId().getType() == Meter.Type.COUNTER ? "counter" : "gauge";
        String tags = meter.getId().getTags().stream().map(Tag::getKey).sorted().collect(Collectors.joining(", "));
        return meter.getId().getName() + ' ' + type + ' ' + tags;
    }
}
