package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Placement;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.TrafficClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** P4 for the sum of all routers: a node's limit of calls, whoever comes, goes, dies or is cut off. */
class SharedLimitsTest {
    private static final List<Mode> FAULTS =
            List.of(Mode.UNAVAILABLE, Mode.SILENT, Mode.THROWS, Mode.DONE_BUT_TIMED_OUT);

    private final SeveralRouters world = new SeveralRouters(5, 0, 0);

    /** Calls that are up, those of dead routers too: their nodes do not know that the router died. */
    private final List<CallAttempt> up = new ArrayList<>();

    private int calls;

    private Member begin(Capacity capacity) {
        return begin(capacity, more -> {});
    }

    private Member begin(Capacity capacity, Consumer<RouterBuilder> more) {
        return world.begin(Mode.THERE, builder -> {
            builder.pool("limited", pool -> pool.node("n1", "sip:127.0.0.1:5061", node -> node.capacity(capacity)));
            more.accept(builder);
        });
    }

    private boolean place(Member member) {
        return place(member, TrafficClass.NEW_DIALOG);
    }

    private boolean place(Member member, TrafficClass traffic) {
        CallRequest call = CallRequest.builder("limited-" + ++calls, "t")
                .trafficClass(traffic)
                .build();
        Placement placement = member.router.place(call);
        placement.match(
                attempt -> {
                    attempt.answered("b");
                    up.add(attempt);
                    member.live.add(attempt);
                },
                refused -> {});
        return placement instanceof Placement.Placed;
    }

    private int fill(Member member) {
        int placed = 0;
        while (place(member)) {
            placed++;
            world.advance(Duration.ofMillis(1));
        }
        return placed;
    }

    private void end(Member member, CallAttempt attempt) {
        member.end(attempt);
        up.remove(attempt);
    }

    /** Fails when a router is allowed the whole limit, or its first grant is not waited for. */
    @Example
    void p4_theLimitIsForTheSum_andAllOfItIsUsed() {
        Capacity limit = Capacity.calls(100);
        List<Member> members = List.of(begin(limit), begin(limit), begin(limit));
        world.advance(Duration.ofSeconds(7));
        for (int i = 0; i < 400; i++) {
            place(members.get(i % 3));
            world.advance(Duration.ofMillis(5));
            assertThat(up.size()).isLessThanOrEqualTo(100);
        }
        assertThat(up.size()).as("but what lies idle").isGreaterThanOrEqualTo(95);
        assertThat(members.get(0).node("n1").load()).isEqualTo(LoadState.FULL);
    }

    /** Fails when what is idle is not given back: a router that has all the calls would have a third of the limit. */
    @Example
    void p4_allTheCallsMayComeThroughOneRouter() {
        Capacity limit = Capacity.calls(200);
        Member busy = begin(limit);
        Member idle = begin(limit);
        world.advance(Duration.ofSeconds(7));
        fill(idle);
        List.copyOf(idle.live).forEach(attempt -> end(idle, attempt));
        world.advance(Duration.ofSeconds(3));
        assertThat(fill(busy)).isGreaterThanOrEqualTo(185);
    }

    /** Fails when the reserve can be taken by plain calls of two routers together. */
    @Example
    void p4_callsWithPriority_getWhatIsLeft() {
        Capacity limit = Capacity.calls(40).withReserve(10);
        Member first = begin(limit);
        Member second = begin(limit);
        world.advance(Duration.ofSeconds(7));
        fill(first);
        fill(second);
        int priority = 0;
        for (int i = 0; i < 40; i++) {
            priority += place(first, TrafficClass.PRIORITY) ? 1 : 0;
            world.advance(Duration.ofMillis(10));
        }
        assertThat(up.size()).isLessThanOrEqualTo(40);
        assertThat(priority).isPositive();
    }

    /**
     * A router is killed: its calls live on, and count until they end. Fails when what it was granted is given to others when
     * it expires, or never.
     */
    @Example
    void p4_theCallsOfADeadRouter_countUntilTheyAreOver() {
        Capacity limit = Capacity.calls(100);
        Member first = begin(limit);
        Member dies = begin(limit);
        world.advance(Duration.ofSeconds(7));
        for (int i = 0; i < 60; i++) {
            place(dies);
            world.advance(Duration.ofMillis(5));
        }
        List<CallAttempt> orphans = List.copyOf(dies.live);
        dies.kill();
        world.advance(Duration.ofMinutes(10));
        fill(first);
        assertThat(up.size()).isBetween(90, 100);
        for (CallAttempt over : orphans.subList(0, 50)) {
            up.remove(over);
            world.store.end(dialog(over), Duration.ofSeconds(32));
        }
        world.advance(Duration.ofSeconds(20));
        fill(first);
        assertThat(up.size()).isBetween(90, 100);
    }

    private static DialogId dialog(CallAttempt attempt) {
        return ((Attempt) attempt).dialogs().get(0);
    }

    /** Who begins while nothing answers serves with the whole limit; what it has stays when the others are heard of. */
    @Example
    void d4_aRouterThatBeginsInAnOutage_serves_andOneThatIsCutOffGoesOnWithWhatItHas() {
        Capacity limit = Capacity.calls(50);
        Member alone = world.begin(
                Mode.UNAVAILABLE,
                builder -> builder.pool(
                        "limited", pool -> pool.node("n1", "sip:127.0.0.1:5061", node -> node.capacity(limit))));
        assertThat(fill(alone)).isEqualTo(50);
        alone.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(7));
        Member second = begin(limit);
        assertThat(place(second)).isFalse();
        end(alone, alone.live.get(0));
        alone.link.become(Mode.UNAVAILABLE);
        assertThat(place(alone)).as("its own place, free again").isTrue();
        assertThat(place(alone)).isFalse();
    }

    @Example
    void limitsPerRouter_areEachRoutersOwn() {
        Capacity limit = Capacity.calls(10);
        Member first = begin(limit, RouterBuilder::limitsPerRouter);
        Member second = begin(limit, RouterBuilder::limitsPerRouter);
        assertThat(fill(first) + fill(second)).isEqualTo(20);
    }

    /** A limit that is raised or lowered holds from then on. Fails when {@code nodeChanged} asks for nothing. */
    @Example
    void p4_aLimitThatIsChanged_holdsForTheSum() {
        ListSource source = new ListSource();
        ListSource other = new ListSource();
        Member first = world.begin(Mode.THERE, builder -> builder.nodes(source));
        Member second = world.begin(Mode.THERE, builder -> builder.nodes(other));
        for (int limit : new int[] {20, 60, 30}) {
            Node node = Node.builder(NodeId.of("n1"), SipDestination.parse("sip:127.0.0.1:5061"))
                    .capacity(Capacity.calls(limit))
                    .build();
            source.give(node);
            other.give(node);
            world.advance(Duration.ofSeconds(7));
            int before = up.size();
            fill(first);
            fill(second);
            assertThat(up.size()).isLessThanOrEqualTo(Math.max(before, limit)).isGreaterThanOrEqualTo(limit - 4);
        }
    }

    /**
     * Random calls, cuts, deaths and births. Fails when a router goes on using what it is giving back; when the outcome of
     * giving back is unknown and it is used again; when an entry of a dead router is dropped.
     */
    @Property(tries = 60)
    void p4_neverMoreThanTheLimit(@ForAll @IntRange(min = 1, max = 60) int limit, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SharedLimitsTest run = new SharedLimitsTest();
        Capacity capacity = Capacity.calls(limit);
        for (int i = 0; i < 3; i++) {
            run.begin(capacity);
        }
        run.world.advance(Duration.ofSeconds(7));
        for (int step = 0; step < 150; step++) {
            run.step(random, capacity);
            assertThat(run.up.size()).isLessThanOrEqualTo(limit);
        }
    }

    private void step(SplittableRandom random, Capacity capacity) {
        List<Member> alive = world.members.stream().filter(each -> !each.dead).toList();
        Member who = alive.get(random.nextInt(alive.size()));
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> {
                for (int i = random.nextInt(10); i >= 0; i--) {
                    place(who);
                }
            }
            case 4, 5 ->
                List.copyOf(who.live).stream()
                        .filter(any -> random.nextInt(3) > 0)
                        .forEach(attempt -> end(who, attempt));
            case 6 -> who.link.become(FAULTS.get(random.nextInt(FAULTS.size())));
            case 7, 8 -> alive.forEach(each -> each.link.become(Mode.THERE));
            case 9 -> {
                if (alive.size() > 1 && random.nextInt(4) == 0) {
                    who.dead = true;
                    if (random.nextBoolean()) {
                        who.kill();
                    } else {
                        who.router.close();
                    }
                }
            }
            case 10 -> {
                if (world.members.size() < 6 && who.link.isWell()) {
                    begin(capacity);
                }
            }
            default -> world.advance(Duration.ofMillis(random.nextInt(1, 20_000)));
        }
        world.advance(Duration.ofMillis(random.nextInt(20)));
    }
}
