package io.tandemsip.core.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.StragglerPolicy;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DrainMachinePropertiesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final DrainMachine MACHINE = new DrainMachine();

    enum Kind {
        COUNTED,
        COUNTED_AND_OWN,
        COUNTED_OWN_AWAITED,
        COUNTED_OTHERS_AWAITED,
        RECOUNT_DUE,
        DEADLINE_DUE,
        CANCELLED,
        REMOVED
    }

    record Action(Kind kind, int amount) {}

    /**
     * DRAINED comes only from a count of no dialog that the node does not contradict; the deadline only when it passed,
     * and with what is left.
     *
     * <p>Fails when {@code counted} does not look at the node's own count, or takes an awaited one for none; when
     * {@code deadlineDue} does not look at the time.
     */
    @Property
    void r2_finishedMeansEmptyOrDeadline(
            @ForAll("runs") List<Action> run,
            @ForAll("deadlines") Optional<Duration> deadline,
            @ForAll("starts") long start) {
        DrainStatus status = begin(deadline, start, AdminState.IN_SERVICE).status();
        long now = start;
        for (Action action : run) {
            now += action.amount() * SECOND / 4;
            DrainState before = status.state();
            status = step(status, event(action, now)).status();
            if (status.state() == before) {
                continue;
            }
            assertThat(before).isEqualTo(DrainState.DRAINING);
            if (status.state() == DrainState.DRAINED) {
                assertThat(action.amount()).isZero();
                assertThat(action.kind()).isIn(Kind.COUNTED, Kind.COUNTED_AND_OWN);
                assertThat(status.dialogsLeft()).isZero();
            } else if (status.state() == DrainState.DEADLINE_PASSED) {
                assertThat(now - start)
                        .isGreaterThanOrEqualTo(deadline.orElseThrow().toNanos());
                assertThat(status.detail()).contains("the deadline passed while it was waiting for ");
            } else {
                assertThat(action.kind()).isIn(Kind.CANCELLED, Kind.REMOVED);
            }
        }
    }

    /**
     * What is over stays over; the admin state ends as DRAINED, or when cancelled as it was before.
     *
     * <p>Fails when {@code on} goes on after the end; when cancelling sets {@code IN_SERVICE} whatever it was before.
     */
    @Property
    void r3_endsOnceAndLeavesTheRightAdminState(
            @ForAll("runs") List<Action> run,
            @ForAll("deadlines") Optional<Duration> deadline,
            @ForAll AdminState before) {
        DrainStep step = begin(deadline, 0, before);
        AdminState admin = adminAfter(step, before);
        assertThat(admin).isEqualTo(AdminState.DRAINING);
        int ends = 0;
        long now = 0;
        boolean removed = false;
        for (Action action : run) {
            now += action.amount() * SECOND / 4;
            removed |= action.kind() == Kind.REMOVED && !step.status().state().isFinal();
            step = step(step.status(), event(action, now));
            admin = adminAfter(step, admin);
            ends += (int) step.effects().stream()
                    .filter(DrainEffect.Ended.class::isInstance)
                    .count();
        }
        assertThat(ends).isEqualTo(step.status().state().isFinal() ? 1 : 0);
        assertThat(admin)
                .isEqualTo(
                        switch (step.status().state()) {
                            case DRAINING -> AdminState.DRAINING;
                            case DRAINED, DEADLINE_PASSED -> AdminState.DRAINED;
                            case CANCELLED -> removed ? AdminState.DRAINING : before;
                        });
    }

    /**
     * One that is to wait on never ends by its deadline, tells of stragglers at most once, and still ends when empty.
     *
     * <p>Fails when {@code deadlineLeft} does not look at {@code overdue}; when {@code waitingOn} does not set it.
     */
    @Property
    void r3_waitingOnEndsWithTheLastDialog(@ForAll("runs") List<Action> run) {
        Optional<Duration> deadline = Optional.of(Duration.ofSeconds(2));
        DrainPlan plan = new DrainPlan(NodeId.of("fs1"), deadline, "kernel update", StragglerPolicy.WAIT_ON);
        DrainStatus status = MACHINE.start(plan, 0, AdminState.IN_SERVICE, 3).status();
        int told = 0;
        long now = 0;
        for (Action action : run) {
            now += action.amount() * SECOND / 4;
            DrainStep step = step(status, event(action, now));
            status = step.status();
            told += (int) step.effects().stream()
                    .filter(DrainEffect.TellStragglers.class::isInstance)
                    .count();
            assertThat(status.state()).isNotEqualTo(DrainState.DEADLINE_PASSED);
            assertThat(told).isEqualTo(status.overdue() ? 1 : 0);
        }
        status = step(status, new DrainEvent.Counted(now, 0, OwnCount.UNKNOWN, 0))
                .status();
        assertThat(status.state().isFinal()).isTrue();
    }

    /** A router alone: it agrees with what it proposes. */
    private static DrainStep step(DrainStatus status, DrainEvent event) {
        DrainStep step = MACHINE.on(status, event);
        List<DrainEffect> effects = new ArrayList<>(step.effects());
        DrainStatus after = step.status();
        for (DrainEffect effect : step.effects()) {
            if (effect instanceof DrainEffect.Propose propose) {
                DrainStep agreed = MACHINE.on(
                        after,
                        new DrainEvent.Agreed(event.nowNanos(), propose.state(), after.dialogsLeft(), propose.cause()));
                after = agreed.status();
                effects.addAll(agreed.effects());
            }
        }
        return new DrainStep(after, effects);
    }

    /**
     * Where the others do not agree, it ends only by the deadline, at most ten seconds late; and what they agree on is
     * how it ends.
     *
     * <p>Fails when {@code counted} ends it without asking, or goes on asking for ever; when {@code overdue} does not look
     * at how late it is; when {@code agreed} goes by what is proposed here.
     */
    @Property
    void r2_withOthers_endsByAgreement(
            @ForAll("runs") List<Action> run, @ForAll("starts") long start, @ForAll boolean drained) {
        Optional<Duration> deadline = Optional.of(Duration.ofSeconds(2));
        DrainStatus status = begin(deadline, start, AdminState.IN_SERVICE).status();
        long now = start;
        for (Action action : run) {
            now += action.amount() * SECOND;
            if (action.kind().compareTo(Kind.CANCELLED) < 0) {
                status = MACHINE.on(status, event(action, now)).status();
                boolean late = now - start >= 12 * SECOND;
                boolean counts = action.kind() != Kind.RECOUNT_DUE;
                assertThat(status.state()).isIn(DrainState.DRAINING, DrainState.DEADLINE_PASSED);
                assertThat(status.state().isFinal()).isEqualTo(late && counts);
                if (status.state().isFinal()) {
                    return;
                }
            }
        }
        DrainState how = drained ? DrainState.DRAINED : DrainState.DEADLINE_PASSED;
        status = MACHINE.on(status, new DrainEvent.Agreed(now, how, 7, "why")).status();
        assertThat(status.state()).isEqualTo(how);
        assertThat(status.dialogsLeft()).isEqualTo(7);
    }

    private static DrainStep begin(Optional<Duration> deadline, long start, AdminState before) {
        return MACHINE.start(new DrainPlan(NodeId.of("fs1"), deadline, "kernel update"), start, before, 3);
    }

    private static AdminState adminAfter(DrainStep step, AdminState before) {
        AdminState admin = before;
        for (DrainEffect effect : step.effects()) {
            if (effect instanceof DrainEffect.SetAdmin set) {
                admin = set.state();
            }
        }
        return admin;
    }

    private static DrainEvent event(Action action, long now) {
        return switch (action.kind()) {
            case COUNTED -> new DrainEvent.Counted(now, action.amount(), OwnCount.UNKNOWN, 0);
            case COUNTED_AND_OWN -> new DrainEvent.Counted(now, 0, OwnCount.of(action.amount()), 0);
            case COUNTED_OTHERS_AWAITED -> new DrainEvent.Counted(now, 0, OwnCount.UNKNOWN, 1 + action.amount());
            case COUNTED_OWN_AWAITED -> new DrainEvent.Counted(now, 0, OwnCount.AWAITED, 0);
            case RECOUNT_DUE -> new DrainEvent.RecountDue(now);
            case DEADLINE_DUE -> new DrainEvent.DeadlineDue(now);
            case CANCELLED -> new DrainEvent.Cancelled(now, "by an operator");
            case REMOVED -> new DrainEvent.Removed(now);
        };
    }

    @Provide
    Arbitrary<List<Action>> runs() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(
                        6, Arbitraries.of(Kind.values()).filter(kind -> kind.compareTo(Kind.CANCELLED) < 0)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of(Kind.class)));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 6))
                .as(Action::new)
                .list()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<Optional<Duration>> deadlines() {
        return Arbitraries.of(
                Optional.empty(),
                Optional.of(Duration.ofSeconds(2)),
                Optional.of(Duration.ofSeconds(8)),
                Optional.of(Duration.ofDays(1_000_000)));
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.of(0L, Long.MAX_VALUE - 2 * SECOND, Long.MIN_VALUE);
    }
}
