package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random orders, calls, cuts, deaths and births over several routers. */
class SeveralRoutersPropertiesTest {
    private static final List<Mode> CUTS = List.of(Mode.UNAVAILABLE, Mode.SILENT, Mode.THROWS);
    private static final long SECOND = 1_000_000_000L;

    /** After what time all that waited has been said. */
    private static final long BACK = 5 * SECOND;

    private static final int STEPS = 60;
    private static final int NODES = 3;

    /**
     * R1: once an order that takes a node out is in force at a router no call gets there, and it is in force at all at once
     * when none is cut off. R2: nobody says DRAINED while a router that is there, or was until lately, has a call on
     * the node.
     *
     * <p>Fails when {@code SharedDrains.awaited} answers 0, or leaves out {@code isSettled}; when {@code elsewhere} does;
     * when a router reports 0 instead of its count;
     * when {@code NodeOrders.agreed} answers with an order while an own one waits.
     */
    @Property(tries = 100)
    void r1_r2_whateverHappens(@ForAll long seed) {
        Run run = new Run(seed);
        for (int i = 0; i < STEPS; i++) {
            run.step();
            run.check();
            run.checkAgreement();
        }
    }

    /**
     * R3, R5: when all is well again, all routers come to the same admin states and the same drains, and drains of nodes
     * without calls end.
     *
     * <p>Fails when {@code Board.again} does not try again; when {@code withDrain} refuses the driver's own token; when
     * an order that comes late tells no time.
     */
    @Property(tries = 100)
    void r3_r5_afterwardsAllAgree(@ForAll long seed) {
        Run run = new Run(seed);
        for (int i = 0; i < STEPS; i++) {
            run.step();
        }
        run.heal();
        List<Member> alive = run.alive();
        for (int node = 1; node <= NODES; node++) {
            String id = "n" + node;
            assertThat(alive)
                    .extracting(each -> each.admin(id))
                    .containsOnly(alive.get(0).admin(id));
            assertThat(alive.get(0).admin(id)).isNotEqualTo(AdminState.DRAINING);
        }
    }

    /** One random world. */
    private static final class Run {
        final SplittableRandom random;
        final SeveralRouters world;
        final Map<Member, Long> cutSinceNanos = new HashMap<>();
        final Map<Member, Long> backSinceNanos = new HashMap<>();
        final Set<String> said = new HashSet<>();
        final List<String> broken = new ArrayList<>();

        Run(long seed) {
            random = new SplittableRandom(seed);
            world = new SeveralRouters(seed, 3, NODES);
            if (random.nextBoolean()) {
                world.settle();
            }
            world.onEvent = this::check;
        }

        List<Member> alive() {
            return world.members.stream().filter(each -> !each.dead).toList();
        }

        private Member someone() {
            List<Member> alive = alive();
            return alive.get(random.nextInt(alive.size()));
        }

        private String someNode() {
            return "n" + (1 + random.nextInt(NODES));
        }

        void step() {
            Member who = someone();
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> who.call();
                case 3, 4, 5 -> endSome(who);
                case 6, 7 -> drain(who, someNode());
                case 8 -> cancel(who);
                case 9 -> who.router.takeOut(someNode(), "by " + random.nextInt());
                case 10 -> who.router.returnToService(someNode(), "by " + random.nextInt());
                case 11 -> cut(who);
                case 12 -> mend();
                default -> dieOrBegin(who);
            }
            pass();
        }

        private void pass() {
            switch (random.nextInt(4)) {
                case 0 -> world.advance(Duration.ofMillis(random.nextInt(100)));
                case 1 -> world.advance(Duration.ofMillis(random.nextInt(3_000)));
                case 2 -> world.advance(Duration.ofMillis(random.nextInt(15_000)));
                default -> {}
            }
        }

        private void endSome(Member who) {
            for (CallAttempt attempt : List.copyOf(who.live)) {
                if (random.nextInt(3) > 0) {
                    who.end(attempt);
                }
            }
        }

        private void drain(Member who, String node) {
            var request = who.router.drain(node).reason("by " + random.nextInt());
            if (random.nextBoolean()) {
                request.deadline(Duration.ofSeconds(1 + random.nextInt(60)));
            }
            request.start();
        }

        private static void cancel(Member who) {
            who.router.drains().stream()
                    .filter(drain -> !drain.progress().state().isFinal())
                    .findFirst()
                    .ifPresent(Drain::cancel);
        }

        private void cut(Member who) {
            if (random.nextInt(5) == 0) {
                back(who);
                who.link.become(Mode.DONE_BUT_TIMED_OUT);
            } else {
                cutSinceNanos.putIfAbsent(who, world.loop.nanoTime());
                who.link.become(CUTS.get(random.nextInt(CUTS.size())));
            }
        }

        private void mend() {
            for (Member each : alive()) {
                if (random.nextBoolean()) {
                    mend(each);
                }
            }
        }

        private void mend(Member each) {
            if (!each.link.isWell()) {
                back(each);
                each.link.become(Mode.THERE);
            }
        }

        /** Before it is: what expired meanwhile is heard of then, and acted on at once. */
        private void back(Member each) {
            cutSinceNanos.remove(each);
            backSinceNanos.put(each, world.loop.nanoTime());
        }

        private void dieOrBegin(Member who) {
            if (alive().size() > 2 && random.nextBoolean()) {
                who.dead = true;
                if (random.nextBoolean()) {
                    who.kill();
                } else {
                    who.router.close();
                }
                cutSinceNanos.remove(who);
            } else if (world.members.size() < 7) {
                world.begin();
            }
        }

        /** Whose calls keep a node from being DRAINED: not who was cut off for about as long as a heartbeat lives. */
        private boolean isCounted(Member each) {
            long now = world.loop.nanoTime();
            boolean cutTooLong = each.link.isCut() && now - cutSinceNanos.getOrDefault(each, now) >= 3 * SECOND;
            return !each.dead && !cutTooLong && now - backSinceNanos.getOrDefault(each, now - BACK) >= BACK;
        }

        /** When it is said first: who was cut off meanwhile hears it later. */
        private void check(HaEvent event) {
            if (event instanceof HaEvent.DrainChanged drained
                    && drained.progress().state() == DrainState.DRAINED) {
                String node = drained.progress().node().value();
                if (!said.add(world.standing("admin/" + node).split(" drain=")[0])) {
                    return;
                }
                for (Member each : alive()) {
                    if (isCounted(each) && each.callsOn(node) > 0) {
                        broken.add("DRAINED with a call on " + node + " at router " + world.members.indexOf(each));
                    }
                }
            }
        }

        /** A call gets only to where no order that is in force here keeps it out. */
        void check() {
            assertThat(broken).isEmpty();
            for (Member member : alive()) {
                CallAttempt attempt = member.call();
                if (attempt != null) {
                    String node = attempt.node().id().value();
                    assertThat(member.admin(node)).isEqualTo(AdminState.IN_SERVICE);
                    member.end(attempt);
                }
            }
        }

        /** When nobody is cut off and nothing waits, all obey the same at once. */
        void checkAgreement() {
            List<Member> alive = alive();
            long now = world.loop.nanoTime();
            boolean calm = alive.stream()
                    .allMatch(
                            each -> each.link.isWell() && now - backSinceNanos.getOrDefault(each, now - BACK) >= BACK);
            for (int node = 1; node <= NODES && calm; node++) {
                String id = "n" + node;
                assertThat(alive)
                        .extracting(each -> each.admin(id))
                        .as("admin state of " + id)
                        .containsOnly(alive.get(0).admin(id));
            }
        }

        void heal() {
            alive().forEach(this::mend);
            for (Member each : alive()) {
                List.copyOf(each.live).forEach(each::end);
            }
            world.advance(Duration.ofSeconds(90));
        }
    }
}
