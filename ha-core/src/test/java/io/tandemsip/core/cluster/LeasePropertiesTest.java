package io.tandemsip.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.core.store.InMemorySharedState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** R5: one holder at a time, and another when it dies. */
class LeasePropertiesTest {
    private static final String KEY = "lease/drain/n1";

    /** After 8 s of calm all that waited has been said. */
    private static final int CALM_STEPS = 160;

    private final ManualLoop loop = new ManualLoop(1_000_000_000L);
    private final InMemorySharedState shared = InMemorySharedState.create(loop::nanoTime, Runnable::run);
    private final List<SharedLink> links = new ArrayList<>();
    private final List<Lease> leases = new ArrayList<>();
    private long highest;

    private void contend(long seed) {
        SharedLink link = new SharedLink(shared);
        SplittableRandom random = new SplittableRandom(seed);
        Board board = new Board(link, loop, Runnable::run, random, (there, pending, cause) -> {});
        Lease lease = new Lease(board, KEY, "r" + links.size(), loop, random, () -> {});
        board.watch(KEY, (key, value, version) -> lease.heard(value));
        lease.want();
        links.add(link);
        leases.add(lease);
    }

    /**
     * Whatever is cut off: never two that hold it, the token of a later holder is higher, and when all is well again there
     * is one within the life of a lease and a bit.
     *
     * <p>Fails when {@code HELD_NANOS} is longer than a lease lives, or counted from the answer; when {@code heard} does
     * not note that the holder is heard of; when {@code done} believes in a claim that another has won; when {@code Claim}
     * never tries a silent holder.
     */
    @Property(tries = 200)
    void r5_oneHolderAtATime(@ForAll long seed) {
        LeasePropertiesTest world = new LeasePropertiesTest();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 3; i++) {
            world.contend(random.nextLong());
        }
        List<Lease> before = List.of();
        for (int i = 0; i < 60; i++) {
            SharedLink link = world.links.get(random.nextInt(3));
            link.become(Mode.values()[random.nextInt(Mode.values().length)]);
            boolean calm = i % 3 == 0;
            if (calm) {
                world.links.forEach(each -> each.become(Mode.THERE));
            }
            int steps = random.nextInt(400);
            for (int step = 0; step < steps; step++) {
                world.loop.advance(Duration.ofMillis(50).toNanos());
                before = world.check(before, calm && step > CALM_STEPS);
            }
        }
        world.links.forEach(each -> each.become(Mode.THERE));
        world.loop.advance(Duration.ofSeconds(12).toNanos());
        assertThat(world.leases.stream().filter(Lease::isHeld)).hasSize(1);
    }

    private List<Lease> check(List<Lease> before, boolean calm) {
        List<Lease> holders = leases.stream().filter(Lease::isHeld).toList();
        assertThat(holders).hasSizeLessThan(2);
        for (Lease holder : holders) {
            assertThat(holder.token()).isGreaterThanOrEqualTo(highest);
            highest = holder.token();
        }
        if (calm && !before.isEmpty()) {
            assertThat(holders).as("nobody loses it while all is well").isEqualTo(before);
        }
        return calm ? holders : List.of();
    }
}
