package io.tandemsip.core.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.RollingDrain;
import io.tandemsip.drain.RollingDrainProgress;
import io.tandemsip.drain.RollingDrainState;
import io.tandemsip.drain.RollingDrainStep;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RollingDrainPropertiesTest {
    private static final long SECOND = 1_000_000_000L;

    /**
     * Whenever a node is taken out, the others that are well could carry all calls and the reserve, and no more are away
     * than ordered.
     *
     * <p>Fails when {@code RollingDrainMachine.begin} does not ask whether the rest survives, or {@code without}
     * leaves out the reserve.
     */
    @Property(tries = 300)
    void r4_neverTakesANodeOutThatTheRestCanNotDoWithout(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int atOnce,
            @ForAll @IntRange(max = 30) int reserve) {
        World world = new World(seed, reserve, atOnce);
        RollingDrain roll = world.roll(atOnce, reserve);
        for (int second = 0; second < 120; second++) {
            world.something();
            world.loop.advance(SECOND / 2);
        }
        assertThat(world.violations).isEmpty();
        assertThat(roll.progress().nodes()).hasSameSizeAs(world.admins.keySet());
    }

    /**
     * Once cancelled it is over, whatever went before, and only a node that failed is left out of service.
     *
     * <p>Fails when {@code RollingDrainMachine.end} does not put back those who are away.
     */
    @Property(tries = 300)
    void r3_cancellingEndsItAndPutsBackWhoIsAway(@ForAll long seed, @ForAll @IntRange(max = 100) int halfSeconds) {
        World world = new World(seed, 0, 2);
        RollingDrain roll = world.roll(2, 0);
        for (int each = 0; each < halfSeconds; each++) {
            world.something();
            world.loop.advance(SECOND / 2);
        }
        roll.cancel();
        RollingDrainProgress last = roll.completion()
                .toCompletableFuture()
                .getNow(new RollingDrainProgress("none", RollingDrainState.RUNNING, Map.of(), "not completed"));
        assertThat(last.state()).isNotEqualTo(RollingDrainState.RUNNING);
        world.admins.forEach((node, admin) -> {
            if (last.nodes().get(node) != RollingDrainStep.FAILED) {
                assertThat(admin).as("%s in %s", node, last).isEqualTo(AdminState.IN_SERVICE);
            }
        });
    }

    @Test
    void roll_whenAllGoesWell_givesEachNodeItsTurnAndEnds() {
        World world = new World(1, 0, 1);
        world.calm();
        RollingDrain roll = world.roll(1, 0);
        world.loop.advance(60 * SECOND);
        assertThat(roll.progress().state()).isEqualTo(RollingDrainState.DONE);
        assertThat(roll.progress().nodes().values()).containsOnly(RollingDrainStep.DONE);
        assertThat(world.worked).containsExactlyElementsOf(world.admins.keySet());
    }

    @Test
    void roll_whenANodeDoesNotComeBackHealthy_stopsThereAndLeavesTheOthersAlone() {
        World world = new World(1, 0, 1);
        world.calm();
        world.fallsIllAtWork = true;
        RollingDrain roll = world.roll(1, 0);
        world.loop.advance(60 * SECOND);
        assertThat(roll.progress().state()).isEqualTo(RollingDrainState.STOPPED);
        assertThat(roll.progress().detail()).contains("not healthy in time");
        assertThat(world.worked).hasSize(1);
    }

    @Test
    void roll_whenTheRestIsFull_waitsAndSaysWhy() {
        World world = new World(1, 0, 1);
        world.calm();
        RollingDrain roll = world.roll(1, 1_000_000);
        world.loop.advance(60 * SECOND);
        assertThat(roll.progress().state()).isEqualTo(RollingDrainState.RUNNING);
        assertThat(roll.progress().detail()).contains("waits").contains("reserve of 1000000");
        assertThat(world.worked).isEmpty();
        assertThat(world.told).hasSize(1);
    }

    /** A pool whose calls, health and work change at random. */
    private static final class World implements DrainOrchestrator.Target, RollingDrains.Target {
        final ManualLoop loop = new ManualLoop();
        final Map<NodeId, AdminState> admins = new TreeMap<>();
        final Map<NodeId, Integer> limits = new TreeMap<>();
        final Map<NodeId, Integer> calls = new TreeMap<>();
        final Set<NodeId> ill = new HashSet<>();
        final List<String> violations = new ArrayList<>();
        final List<NodeId> worked = new ArrayList<>();
        final List<String> told = new ArrayList<>();
        boolean fallsIllAtWork;
        private final Random random;
        private final int reserve;
        private final int atOnce;
        private final DrainOrchestrator drains = new DrainOrchestrator(loop, Runnable::run, this);
        private final RollingDrains rolling = new RollingDrains(loop, Runnable::run, drains, this);
        private boolean calm;

        World(long seed, int reserve, int atOnce) {
            random = new Random(seed);
            this.reserve = reserve;
            this.atOnce = atOnce;
            int nodes = 2 + random.nextInt(4);
            for (int each = 0; each < nodes; each++) {
                NodeId id = NodeId.of("fs" + each);
                admins.put(id, AdminState.IN_SERVICE);
                limits.put(id, 10 + random.nextInt(40));
                calls.put(id, random.nextInt(10));
            }
        }

        void calm() {
            calm = true;
            calls.replaceAll((node, any) -> 0);
        }

        RollingDrain roll(int nodesAtOnce, long reserved) {
            return rolling.request("media")
                    .atOnce(nodesAtOnce)
                    .reserve(reserved)
                    .healthyWithin(Duration.ofSeconds(10))
                    .between(this::work)
                    .start();
        }

        private CompletableFuture<NodeId> work(NodeId node) {
            worked.add(node);
            if (fallsIllAtWork) {
                ill.add(node);
            }
            CompletableFuture<NodeId> done = new CompletableFuture<>();
            int dice = calm ? 9 : random.nextInt(10);
            if (dice == 0) {
                throw new IllegalStateException("planned");
            } else if (dice == 1) {
                done.completeExceptionally(new IllegalStateException("planned"));
            } else {
                loop.schedule(2 * SECOND, () -> done.complete(node));
            }
            return done;
        }

        void something() {
            for (NodeId node : admins.keySet()) {
                int now = calls.getOrDefault(node, 0);
                boolean open = admins.get(node) == AdminState.IN_SERVICE;
                int come = open ? random.nextInt(4) : 0;
                int changed = Math.max(0, Math.min(limits.get(node), now + come) - random.nextInt(4));
                calls.put(node, changed);
                drains.countChanged(node);
                if (random.nextInt(40) == 0 && !ill.remove(node)) {
                    ill.add(node);
                }
            }
        }

        @Override
        public void admin(NodeId node, AdminState state, String cause) {
            if (state == AdminState.DRAINING) {
                int room = 0;
                int away = 1;
                for (NodeId other : admins.keySet()) {
                    if (!other.equals(node) && admins.get(other) != AdminState.IN_SERVICE) {
                        away++;
                    } else if (!other.equals(node) && !ill.contains(other)) {
                        room += limits.get(other);
                    }
                }
                int all = calls.values().stream().mapToInt(Integer::intValue).sum();
                if (room < all + reserve || away > atOnce) {
                    violations.add(node + ": room " + room + ", calls " + all + ", away " + away);
                }
            }
            admins.put(node, state);
        }

        @Override
        public AdminState admin(NodeId node) {
            return admins.get(node);
        }

        @Override
        public long dialogs(NodeId node) {
            return calls.get(node);
        }

        @Override
        public OptionalInt reportedCalls(NodeId node, long sinceNanos) {
            return OptionalInt.empty();
        }

        @Override
        public Optional<Duration> oldest(NodeId node) {
            return Optional.empty();
        }

        @Override
        public void drainChanged(DrainProgress progress, String cause) {}

        @Override
        public List<NodeLoad> loads(String pool) {
            List<NodeLoad> loads = new ArrayList<>();
            admins.forEach((node, admin) -> {
                boolean open = admin == AdminState.IN_SERVICE;
                boolean well = !ill.contains(node);
                Capacity capacity = Capacity.calls(limits.get(node));
                loads.add(new NodeLoad(node, capacity, open, well, open && well, calls.get(node), Map.of()));
            });
            return loads;
        }

        @Override
        public void returnToService(NodeId node, String cause) {
            drains.cancel(node, cause);
            admin(node, AdminState.IN_SERVICE, cause);
        }

        @Override
        public void rollingDrainChanged(RollingDrainProgress progress, String cause) {
            told.add(cause);
        }
    }
}
