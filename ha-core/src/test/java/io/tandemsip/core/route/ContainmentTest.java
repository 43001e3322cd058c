package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** S1: what hangs or throws slows nobody else. On real threads, since that is what it is about. */
@Timeout(20)
class ContainmentTest {
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        release.countDown();
    }

    /** Fails when listeners are called on the control loop. */
    @Test
    void s1_aListenerThatHangs_delaysNeitherOthersNorTheRouter() throws Exception {
        CountDownLatch other = new CountDownLatch(1);
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062"))
                .probe(alive())
                .listener(event -> hang())
                .listener(event -> {
                    if (event instanceof HaEvent.AdminChanged) {
                        other.countDown();
                    }
                })
                .build()
                .start()) {
            router.takeOut("n1", "try").toCompletableFuture().get(5, TimeUnit.SECONDS);
            assertThat(other.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(router.place(CallRequest.invite("c", "t"))).isInstanceOf(Placement.Placed.class);
        }
    }

    /** Fails when the probe is called on the control loop. */
    @Test
    void s1_aProbeThatHangs_delaysNoOtherNode() throws Exception {
        CountDownLatch healthy = new CountDownLatch(1);
        HealthProbe alive = alive();
        HealthProbe probe = (node, timeout) -> {
            if (node.id().value().equals("n1")) {
                hang();
            }
            return alive.probe(node, timeout);
        };
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062"))
                .probe(probe)
                .listener(event -> {
                    if (event instanceof HaEvent.HealthChanged changed && changed.to() == HealthState.HEALTHY) {
                        healthy.countDown();
                    }
                })
                .build()
                .start()) {
            assertThat(healthy.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(router.view().node(NodeId.of("n2")).orElseThrow().health())
                    .isEqualTo(HealthState.HEALTHY);
        }
    }

    /** Fails when a user's strategy prepares on the control loop. */
    @Test
    void s1_aStrategyThatHangsWhilePreparing_isStoodInFor() throws Exception {
        SelectionStrategy hanging = new SelectionStrategy() {
            @Override
            public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
                hang();
                return (call, availability, chance) -> 0;
            }
        };
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061"))
                .probe(alive())
                .strategy(hanging)
                .build()
                .start()) {
            assertThat(router.place(CallRequest.invite("c", "t"))).isInstanceOf(Placement.Placed.class);
            router.takeOut("n1", "try").toCompletableFuture().get(5, TimeUnit.SECONDS);
        }
    }

    /** A probe that throws in every way there is harms only what is known of its node. */
    @Test
    void s1_aProbeThatThrows_isReported() throws Exception {
        CountDownLatch reported = new CountDownLatch(1);
        HealthProbe broken = (node, timeout) -> {
            throw new NoClassDefFoundError("on purpose");
        };
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061"))
                .probe(broken)
                .listener(event -> {
                    if (event instanceof HaEvent.PartFailed) {
                        reported.countDown();
                    }
                })
                .build()
                .start()) {
            assertThat(reported.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(router.place(CallRequest.invite("c", "t"))).isInstanceOf(Placement.Placed.class);
        }
    }

    /** Fails when a task that is rejected throws into the control loop or into the host's thread. */
    @Test
    void s1_anExecutorThatTakesNoTask_stopsNobody() throws Exception {
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061"))
                .probe(alive())
                .strategy(SelectionStrategy.byScore((call, node) -> node.freeShare()))
                .dialogs(InMemoryDialogStore.create(System::nanoTime))
                .listener(event -> {})
                .executor(task -> {
                    throw new RejectedExecutionException("on purpose");
                })
                .build()
                .start()) {
            for (int i = 0; i < 10; i++) {
                Placement placement = router.place(CallRequest.invite("c" + i, "t"));
                CallAttempt attempt = ((Placement.Placed) placement).attempt();
                attempt.sent();
                assertThat(attempt.answered("b")).isTrue();
                attempt.ended();
            }
            router.takeOut("n1", "try").toCompletableFuture().get(5, TimeUnit.SECONDS);
        }
    }

    /** A host may go on for a while with a router that is closed. */
    @Test
    void aClosedRouter_refusesAndThrowsNothing() {
        HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061"))
                .probe(alive())
                .build()
                .start();
        CallAttempt attempt = ((Placement.Placed) router.place(CallRequest.invite("c", "t"))).attempt();
        attempt.sent();
        attempt.whenNodeLost(failure -> {});
        router.close();
        router.close();
        Placement.Refused refused = (Placement.Refused) router.place(CallRequest.invite("c2", "t"));
        assertThat(refused.cause()).isEqualTo(Placement.Cause.CLOSED);
        assertThat(attempt.answered("b")).isTrue();
        router.ended(new DialogId("c", "t", "b"), DialogEnd.BYE);
        assertThat(attempt.state()).isEqualTo(CallAttempt.State.ENDED);
    }

    private static HealthProbe alive() {
        return new HealthProbe() {
            @Override
            public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
                return CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE));
            }
        };
    }

    private void hang() {
        try {
            release.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
