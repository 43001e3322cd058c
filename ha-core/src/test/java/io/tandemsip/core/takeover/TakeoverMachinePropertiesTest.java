package io.tandemsip.core.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.takeover.TakeoverEvent.Verdict;
import io.tandemsip.core.takeover.TakeoverStatus.Phase;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TakeoverMachinePropertiesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final TakeoverPolicy POLICY =
            TakeoverPolicy.on().withDownFor(Duration.ofSeconds(2)).withRecoveryTimeout(Duration.ofSeconds(5));

    /**
     * T1: nothing is recovered that was not written down as fenced before, and nothing is fenced that was not down for long
     * enough, seen to be so at that moment by who has the right to act.
     *
     * <p>Fails when {@code timerDue} does not look how long it was down; when {@code judged} leaves a claim alone though the
     * node is no longer confirmed down; when {@code storeFenced} recovers in another phase; when {@code held} proposes twice.
     */
    @Property(tries = 500)
    void t1_fenceFirst(@ForAll long seed) {
        Bench bench = new Bench(seed);
        for (int i = 0; i < 200; i++) {
            bench.step();
        }
        assertThat(bench.broken).isEmpty();
    }

    /**
     * R3, H2: when all answers come, what was begun ends, and one dead node is taken over once for each time it was up.
     *
     * <p>Fails when {@code timerDue} does not end a recovery; when {@code stands} does not let go; when a node that is still
     * dead is taken over again.
     */
    @Property(tries = 500)
    void whatWasBegun_ends(@ForAll long seed) {
        Bench bench = new Bench(seed);
        for (int i = 0; i < 50; i++) {
            bench.step();
        }
        bench.settle();
        assertThat(bench.status.isUnfinished()).isFalse();
        assertThat(bench.status.phase()).isEqualTo(Phase.CALM);
        int written = bench.fenced;
        bench.settle();
        assertThat(bench.fenced).as("it was not up since").isEqualTo(written);
    }

    /** One machine and a world that answers at random. Confined to one thread. */
    private static final class Bench {
        final SplittableRandom random;
        final TakeoverMachine machine = new TakeoverMachine(POLICY);
        final List<String> broken = new ArrayList<>();
        TakeoverStatus status = TakeoverStatus.calm();
        long now;
        int fenced;
        private boolean down;
        private long downSince;
        private boolean claimed;
        private boolean held;
        private long alarm = Long.MAX_VALUE;
        private long epoch;
        private Takeover asked;
        private Takeover stands;
        private long storeFencedFor;
        private boolean storeAsked;
        private boolean recoverAsked;

        Bench(long seed) {
            random = new SplittableRandom(seed);
        }

        void step() {
            switch (random.nextInt(9)) {
                case 0 -> judge(random.nextInt(3) > 0);
                case 1 -> hold();
                case 2 -> written(true);
                case 3 -> written(false);
                case 4 -> storeAnswers();
                case 5 -> recovered();
                case 6 -> lose();
                default -> pass((long) (random.nextDouble() * 3 * SECOND));
            }
        }

        void settle() {
            for (int i = 0; i < 60; i++) {
                judge(true);
                pass(SECOND);
                hold();
                written(true);
                storeAnswers();
                written(true);
            }
        }

        private void judge(boolean isDown) {
            if (isDown && !down) {
                downSince = now;
            }
            down = isDown;
            on(new TakeoverEvent.Judged(now, isDown ? Verdict.DOWN : Verdict.UP));
        }

        private void hold() {
            if (claimed) {
                held = true;
                NodeId dead = NodeId.of("a");
                Takeover proposal = new Takeover(
                        dead,
                        Incarnation.UNKNOWN,
                        NodeId.of("b"),
                        Incarnation.UNKNOWN,
                        epoch + 1,
                        TakeoverState.FENCED,
                        -1,
                        "");
                on(new TakeoverEvent.Held(now, Optional.of(proposal)));
            }
        }

        private void lose() {
            held = false;
        }

        private void written(boolean done) {
            Takeover wanted = asked;
            if (wanted == null) {
                return;
            }
            asked = null;
            if (done && held) {
                stands = wanted;
                epoch = wanted.epoch();
                fenced += wanted.state() == TakeoverState.FENCED ? 1 : 0;
                on(new TakeoverEvent.Stands(now, wanted, held));
            } else {
                on(new TakeoverEvent.NotWritten(now));
            }
        }

        private void storeAnswers() {
            if (storeAsked) {
                storeAsked = false;
                on(new TakeoverEvent.StoreFenced(now, storeFencedFor));
            }
        }

        private void recovered() {
            if (recoverAsked) {
                recoverAsked = false;
                on(new TakeoverEvent.Recovered(
                        now,
                        epoch,
                        random.nextBoolean() ? Recovery.of(3) : Recovery.failed("no"),
                        Incarnation.UNKNOWN));
            }
        }

        private void pass(long nanos) {
            now += nanos;
            if (now >= alarm) {
                alarm = Long.MAX_VALUE;
                on(new TakeoverEvent.TimerDue(now));
            }
        }

        private void on(TakeoverEvent event) {
            TakeoverStep step = machine.on(status, event);
            status = step.status();
            step.effects().forEach(this::run);
        }

        private void run(TakeoverEffect effect) {
            if (effect instanceof TakeoverEffect.Claim) {
                claimed = true;
            } else if (effect instanceof TakeoverEffect.Release) {
                claimed = false;
                held = false;
            } else if (effect instanceof TakeoverEffect.Arm arm) {
                alarm = now + arm.delayNanos();
            } else if (effect instanceof TakeoverEffect.Write write) {
                check(write.takeover());
                asked = write.takeover();
            } else if (effect instanceof TakeoverEffect.FenceStore fence) {
                storeAsked = true;
                storeFencedFor = fence.epoch();
            } else if (effect instanceof TakeoverEffect.Recover recover) {
                recoverAsked = true;
                if (!recover.takeover().equals(stands) || stands.state() != TakeoverState.FENCED) {
                    broken.add("recovered what is not fenced: " + recover);
                }
            }
        }

        private void check(Takeover written) {
            if (written.state() == TakeoverState.FENCED) {
                if (!down || now - downSince < 2 * SECOND) {
                    broken.add("fenced after " + (now - downSince) + ", down " + down);
                }
                if (stands != null && stands.state() == TakeoverState.FENCED) {
                    broken.add("fenced twice");
                }
            } else if (stands == null || stands.epoch() != written.epoch()) {
                broken.add("settled what does not stand: " + written);
            }
        }
    }
}
