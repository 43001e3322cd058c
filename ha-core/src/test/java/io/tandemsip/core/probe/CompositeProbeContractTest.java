package io.tandemsip.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.OptionsProbeContract;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompositeProbeContractTest extends OptionsProbeContract {
    private static final ProbeResult ALIVE = new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE);
    private static final ProbeResult BUSY = new ProbeResult.Overloaded(Duration.ofSeconds(7), NodeReport.NONE);
    private static final ProbeResult LOCAL = new ProbeResult.LocalError("here");
    private static final ProbeResult REFUSED = new ProbeResult.Refused("there");
    private static final HealthProbe SILENT = (node, timeout) -> new CompletableFuture<>();

    private final CompositeProbe probe = CompositeProbe.all(
            UdpOptionsProbe.create(), CompositeProbe.any(UdpOptionsProbe.create(), UdpOptionsProbe.create()));

    @Override
    protected HealthProbe probe() {
        return probe;
    }

    @Override
    protected boolean seesRefusals() {
        return true;
    }

    @AfterEach
    void close() {
        probe.close();
    }

    /** Fails when {@code judge} compares the other way round. */
    @Test
    void all_takesTheWorst_any_theBest() throws Exception {
        assertThat(found(CompositeProbe.all(is(ALIVE), is(BUSY)))).isEqualTo(BUSY);
        assertThat(found(CompositeProbe.all(is(REFUSED), is(LOCAL), is(ALIVE)))).isEqualTo(REFUSED);
        assertThat(found(CompositeProbe.any(is(REFUSED), is(BUSY), is(ALIVE)))).isEqualTo(ALIVE);
        assertThat(found(CompositeProbe.any(is(REFUSED), is(LOCAL)))).isEqualTo(LOCAL);
    }

    /** Fails when {@code any} waits for all of its parts: the silent one would end it after an hour. */
    @Test
    void any_whenOneIsAlive_waitsForNoOther() throws Exception {
        CompletableFuture<ProbeResult> asked = CompositeProbe.any(SILENT, is(ALIVE))
                .probe(Node.of("n", "sip:127.0.0.1:5060"), Duration.ofHours(1))
                .toCompletableFuture();
        assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo(ALIVE);
    }

    /** Fails when the report of a part that is not chosen is lost. */
    @Test
    void whatTheNodeSaid_isKept() throws Exception {
        NodeReport report = new NodeReport(Incarnation.UNKNOWN, OptionalInt.of(7));
        HealthProbe telling = is(new ProbeResult.Alive(Duration.ofMillis(2), report));
        assertThat(((ProbeResult.Alive) found(CompositeProbe.all(is(ALIVE), telling))).report())
                .isEqualTo(report);
        assertThat(((ProbeResult.Overloaded) found(CompositeProbe.all(is(BUSY), telling))).report())
                .isEqualTo(report);
    }

    @Test
    void aPartThatBreaksOrIsSilent_isContained() throws Exception {
        HealthProbe throwing = (node, timeout) -> {
            throw new IllegalStateException("planted");
        };
        HealthProbe failing = (node, timeout) -> CompletableFuture.failedStage(new IllegalStateException("planted"));
        assertThat(found(CompositeProbe.all(is(ALIVE), throwing)))
                .isEqualTo(new ProbeResult.LocalError("probe 2 of 2 broke: java.lang.IllegalStateException: planted"));
        assertThat(found(CompositeProbe.all(is(ALIVE), failing))).isInstanceOf(ProbeResult.LocalError.class);
        HealthProbe nothing = (node, timeout) -> CompletableFuture.completedStage(null);
        assertThat(found(CompositeProbe.all(nothing, is(ALIVE))))
                .isEqualTo(new ProbeResult.LocalError("probe 1 of 2 answered nothing"));
        assertThat(found(CompositeProbe.all(is(ALIVE), SILENT))).isInstanceOf(ProbeResult.NoAnswer.class);
    }

    /** Fails when a part that breaks at its close keeps the others open. */
    @Test
    void close_closesAllParts_alsoWhenOneBreaks() {
        AtomicInteger closed = new AtomicInteger();
        HealthProbe part = new HealthProbe() {
            @Override
            public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
                return CompletableFuture.completedStage(ALIVE);
            }

            @Override
            public void close() {
                closed.incrementAndGet();
                throw new IllegalStateException("planted");
            }
        };
        assertThatThrownBy(CompositeProbe.all(part, part, part)::close).hasMessage("planted");
        assertThat(closed).hasValue(3);
    }

    @Test
    void withoutParts_isRefused() {
        assertThatThrownBy(CompositeProbe::all).isInstanceOf(IllegalArgumentException.class);
    }

    private static HealthProbe is(ProbeResult result) {
        return (node, timeout) -> CompletableFuture.completedStage(result);
    }

    private static ProbeResult found(HealthProbe asked) throws Exception {
        return asked.probe(Node.of("n", "sip:127.0.0.1:5060"), Duration.ofMillis(200))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }
}
