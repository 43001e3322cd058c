package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.health.MachineBench.Behaviour;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HealthMachinePropertiesTest {
    private static final Duration DAY = Duration.ofDays(1);

    /** What happens next in a run. */
    enum Kind {
        BEHAVE,
        PASS_TIME,
        PASS_TIME_LONGER,
        SILENT,
        TRANSPORT_FAILED,
        RESPONDED,
        RESPONDED_LATE,
        AGREE,
        DISAGREE,
        SPREAD,
        MOVED,
        STALE,
        PAUSE
    }

    record Action(Kind kind, int amount) {}

    /**
     * Each change of the verdict is covered by the evidence that its threshold asks for, in a row and not from before
     * the present verdict.
     *
     * <p>Fails when {@code alive} readmits a node that is down at {@code passes >= riseThreshold - 1}; when {@code judge}
     * does not wait for all probes of the burst; when {@code responded} takes stale results; when {@code confirm} does not ask for a failed probe; when {@code timerDue} does not look
     * whether the timer is late.
     */
    @Property
    void h1_everyVerdictIsCoveredByEvidenceInARow(
            @ForAll("runs") List<Action> run, @ForAll("policies") HealthPolicy policy, @ForAll("starts") long start) {
        MachineBench bench = new MachineBench(policy, start);
        run.forEach(action -> act(bench, action));
    }

    /**
     * Answers that were given already, answers to no probe and timers that are not armed change nothing.
     *
     * <p>Fails when {@code answered} treats an unknown id as a failed probe, or when {@code timerDue} does not look
     * whether the timer is armed.
     */
    @Property
    void h1_staleAndForeignEventsChangeNothing(@ForAll("runs") List<Action> run, @ForAll("starts") long start) {
        MachineBench bench = new MachineBench(HealthPolicy.defaults(), start);
        for (Action action : run) {
            act(bench, action);
            HealthStatus before = bench.status;
            assertThat(bench.staleAnswers()).allMatch(step -> step.effects().isEmpty());
            for (HealthTimer timer : HealthTimer.values()) {
                if (!before.armed().contains(timer)) {
                    HealthStep step = bench.on(new HealthEvent.TimerDue(bench.now(), timer, bench.now()));
                    assertThat(step.effects()).isEmpty();
                }
            }
            assertThat(bench.status).isEqualTo(before);
        }
    }

    /**
     * The moment at which nanoTime starts to count means nothing, its overflow included.
     *
     * <p>Fails when {@code isTooSoon} compares {@code now < lastBurst + gap} instead of their difference with the gap.
     */
    @Property
    void h1_aRunIsTheSameAtAnyTime(@ForAll("runs") List<Action> run, @ForAll("starts") long start) {
        MachineBench atZero = new MachineBench(HealthPolicy.defaults(), 0);
        MachineBench elsewhere = new MachineBench(HealthPolicy.defaults(), start);
        run.forEach(action -> act(atZero, action));
        run.forEach(action -> act(elsewhere, action));
        assertThat(elsewhere.effects).isEqualTo(atZero.effects);
    }

    /** Fails when {@code responded} compares {@code sentAtNanos < sinceNanos}, or {@code dropDoubt} keeps what is out. */
    @Example
    void h1_responseAcrossTheOverflow_isFreshAndWhatWasOutIsForgotten() {
        MachineBench bench = new MachineBench(HealthPolicy.defaults(), Long.MAX_VALUE - 1_200 * MachineBench.MILLI);
        bench.advance(990);
        bench.behaviour = Behaviour.DEAD;
        bench.advance(14);
        bench.silent();
        assertThat(bench.status.outstanding()).hasSize(2);
        bench.advance(180);
        assertThat(bench.state()).isEqualTo(HealthState.SUSPECT);
        assertThat(bench.status.outstanding()).isEmpty();
        bench.advance(100);
        bench.responded(0);
        assertThat(bench.state()).isEqualTo(HealthState.HEALTHY);
    }

    /**
     * In every state the next probe is armed, or a burst is under way that has a timer or a probe out; and every state
     * leads on: to DOWN when the node is dead, to HEALTHY when it lives.
     *
     * <p>Fails when {@code judge} does not arm the next probe after a burst that told nothing; when {@code become} does
     * not; when {@code discard} does not.
     */
    @Property
    void h2_everyStateLeadsOn(@ForAll("runs") List<Action> run, @ForAll("policies") HealthPolicy policy) {
        MachineBench bench = new MachineBench(policy, 0);
        for (Action action : run) {
            act(bench, action);
            assertThat(hasFuture(bench.status))
                    .as("%s after %s", bench.status, action)
                    .isTrue();
        }
        bench.behaviour = Behaviour.DEAD;
        bench.advance(30_000);
        assertThat(bench.state()).isEqualTo(HealthState.DOWN);
        bench.behaviour = Behaviour.ALIVE;
        bench.advance(30_000);
        assertThat(bench.state()).isEqualTo(HealthState.HEALTHY);
    }

    /**
     * Others' opinions never readmit, and eject only a node that own evidence made suspect.
     *
     * <p>Fails when {@code otherOpinion} ejects a healthy node, or takes a suspect one back when the other disagrees.
     */
    @Property
    void h3_opinionsOnlyConfirmOwnSuspicion(@ForAll("runs") List<Action> run, @ForAll boolean agrees) {
        MachineBench bench = new MachineBench(HealthPolicy.defaults(), 0);
        for (Action action : run) {
            act(bench, action);
            HealthState before = bench.state();
            bench.opinion(agrees);
            boolean confirmed = agrees && before == HealthState.SUSPECT;
            assertThat(bench.state()).isEqualTo(confirmed ? HealthState.DOWN : before);
        }
    }

    /**
     * A node that answers every probe with overload is never suspect, whatever INVITEs lead to, and throttled each time.
     *
     * <p>Fails when {@code answered} lets {@code Overloaded} count as a failed probe, or forgets the throttle.
     */
    @Property
    void h6_overloadNeverEjects(@ForAll("runs") List<Action> run) {
        MachineBench bench = new MachineBench(HealthPolicy.defaults(), 0);
        bench.behaviour = Behaviour.OVERLOADED;
        for (Action action : run) {
            if (action.kind() != Kind.BEHAVE) {
                act(bench, action);
            }
            assertThat(bench.state()).isIn(HealthState.UNKNOWN, HealthState.HEALTHY);
        }
        bench.advance(12_000);
        assertThat(bench.effects).hasAtLeastOneElementOfType(HealthEffect.Throttle.class);
        assertThat(bench.effects.stream().filter(HealthEffect.Throttle.class::isInstance))
                .hasSameSizeAs(bench.effects.stream()
                        .filter(HealthEffect.Reported.class::isInstance)
                        .toList());
    }

    /**
     * While it passes, a node under constant doubt is asked in bursts no more often than the policy says.
     *
     * <p>Fails when {@code isTooSoon} always says false.
     */
    @Property
    void h1_burstsThatPassKeepTheirDistance(@ForAll("runs") List<Action> run) {
        MachineBench bench = new MachineBench(HealthPolicy.defaults(), 0);
        bench.advance(100);
        long lastBurst = Long.MIN_VALUE / 2;
        for (Action action : run) {
            boolean inBurst = bench.status.burst().isPresent();
            bench.silent();
            if (!inBurst && bench.status.burst().isPresent()) {
                assertThat(bench.now() - lastBurst).isGreaterThanOrEqualTo(500 * MachineBench.MILLI);
                lastBurst = bench.now();
            }
            bench.advance(action.amount() % 100);
        }
        assertThat(bench.state()).isEqualTo(HealthState.HEALTHY);
    }

    private static boolean hasFuture(HealthStatus status) {
        boolean burstGoesOn = status.burst().isPresent()
                && (status.armed().contains(HealthTimer.BURST)
                        || status.outstanding().values().stream().anyMatch(HealthStatus.Sent::ofBurst));
        return status.armed().contains(HealthTimer.PROBE) || burstGoesOn;
    }

    private static void act(MachineBench bench, Action action) {
        switch (action.kind()) {
            case BEHAVE -> bench.behaviour = Behaviour.values()[action.amount() % Behaviour.values().length];
            case PASS_TIME -> bench.advance(action.amount() % 100);
            case PASS_TIME_LONGER -> bench.advance(action.amount() * 3L);
            case SILENT -> bench.silent();
            case TRANSPORT_FAILED -> bench.transportFailed();
            case RESPONDED -> bench.responded(0);
            case RESPONDED_LATE -> bench.responded(action.amount() * MachineBench.MILLI);
            case AGREE -> bench.opinion(true);
            case DISAGREE -> bench.opinion(false);
            case SPREAD -> bench.on(new HealthEvent.Spread(bench.now(), 1 + action.amount() % 5));
            case MOVED -> bench.on(new HealthEvent.Moved(bench.now()));
            case STALE -> bench.staleAnswers();
            case PAUSE -> bench.pause(1_000 + action.amount());
        }
    }

    @Provide
    Arbitrary<List<Action>> runs() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, Arbitraries.of(Kind.BEHAVE)),
                net.jqwik.api.Tuple.of(6, Arbitraries.of(Kind.PASS_TIME, Kind.PASS_TIME_LONGER)),
                net.jqwik.api.Tuple.of(6, Arbitraries.of(Kind.class)));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 999))
                .as(Action::new)
                .list()
                .ofMaxSize(60);
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.of(
                0L, Long.MAX_VALUE - 1_000_000_000L, Long.MIN_VALUE, -1_000_000L, DAY.toNanos(), Long.MAX_VALUE);
    }

    @Provide
    Arbitrary<HealthPolicy> policies() {
        Arbitrary<Integer> thresholds = Arbitraries.integers().between(1, 4);
        return Combinators.combine(thresholds, thresholds, thresholds)
                .as((fall, rise, probes) -> HealthPolicy.builder()
                        .thresholds(fall, rise)
                        .burst(probes, Duration.ofMillis(50), Duration.ofMillis(80), Duration.ofMillis(500))
                        .build());
    }
}
