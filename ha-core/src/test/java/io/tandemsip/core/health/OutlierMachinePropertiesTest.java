package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.health.OutlierPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Calls that fail on a node that answers its probes. */
class OutlierMachinePropertiesTest {
    private static final OutlierPolicy POLICY = OutlierPolicy.defaults();

    /** A monitor in virtual time, and what it told. */
    private static final class Watch implements OutlierMonitor.Listener {
        final ManualLoop loop = new ManualLoop(1_000_000_000L);
        final Outcomes outcomes = new Outcomes();
        final List<OutlierState> told = new ArrayList<>();
        final OutlierMonitor monitor;
        boolean mayEject = true;
        int trials;

        Watch(OutlierPolicy policy, long seed) {
            monitor = new OutlierMonitor(policy, outcomes, loop, new SplittableRandom(seed), () -> mayEject, this);
        }

        void fail(boolean local) {
            if (local) {
                outcomes.failedLocally();
            } else {
                outcomes.failedRemotely();
            }
            monitor.failed(local);
        }

        void failUntilEjected(boolean local) {
            for (int i = 0; i < 5; i++) {
                fail(local);
            }
        }

        OutlierState state() {
            return monitor.status().state();
        }

        @Override
        public void ejectionChanged(OutlierState from, OutlierState to, String cause) {
            told.add(to);
        }

        @Override
        public void trialOpened() {
            trials++;
        }
    }

    /** H1: so many in a row and no fewer; a success between begins anew. Fails when a success clears no row. */
    @Property(tries = 200)
    void h1_onlySoManyInARow_eject(@ForAll boolean local, @ForAll @IntRange(min = 1, max = 4) int fails) {
        Watch watch = new Watch(POLICY, 1);
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < fails; i++) {
                watch.fail(local);
            }
            for (int i = 0; i < 9; i++) {
                watch.outcomes.succeeded();
            }
        }
        assertThat(watch.state()).isEqualTo(OutlierState.IN);
        watch.failUntilEjected(local);
        assertThat(watch.state()).isEqualTo(OutlierState.EJECTED);
    }

    /** Half of 20 in ten seconds eject, less does not. Fails when the window has no end, or no minimum. */
    @Example
    void h1_theShareOfAWindow_ejects() {
        Watch few = new Watch(POLICY, 1);
        for (int i = 0; i < 9; i++) {
            few.fail(true);
            few.outcomes.succeeded();
        }
        assertThat(few.state()).isEqualTo(OutlierState.IN);
        few.fail(true);
        few.outcomes.succeeded();
        few.fail(true);
        assertThat(few.state()).isEqualTo(OutlierState.EJECTED);
        Watch old = new Watch(POLICY, 1);
        for (int i = 0; i < 100; i++) {
            old.fail(true);
            old.outcomes.succeeded();
            old.loop.advance(Duration.ofMillis(1_100).toNanos());
        }
        assertThat(old.state()).as("9 outcomes in each window").isEqualTo(OutlierState.IN);
        Watch seldom = new Watch(POLICY, 1);
        for (int i = 0; i < 1_000; i++) {
            seldom.outcomes.succeeded();
            seldom.outcomes.succeeded();
            seldom.fail(false);
        }
        assertThat(seldom.state()).as("a third fails").isEqualTo(OutlierState.IN);
    }

    /**
     * Ejections grow: 30 s, 60 s, … 300 s, and shrink again after time in which it went well. Fails when {@code eject}
     * does not count, or forgets too soon.
     */
    @Property(tries = 50)
    void ejectionsGrow_andShrink(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int times) {
        Watch watch = new Watch(POLICY, seed);
        watch.failUntilEjected(true);
        for (int n = 1; n <= times; n++) {
            long base = Math.min(300, 30L * n);
            watch.loop.advance(Duration.ofSeconds(base).toNanos() - 1);
            assertThat(watch.state()).isEqualTo(OutlierState.EJECTED);
            watch.loop.advance(Duration.ofSeconds(base).toNanos() / 10 + 2);
            assertThat(watch.state()).isEqualTo(OutlierState.TRIAL);
            watch.monitor.trialEnded(false);
            assertThat(watch.state()).isEqualTo(OutlierState.EJECTED);
        }
        watch.loop.advance(Duration.ofSeconds(331).toNanos());
        watch.monitor.trialEnded(true);
        assertThat(watch.state()).isEqualTo(OutlierState.IN);
        watch.loop.advance(Duration.ofSeconds(30L * (times + 1)).toNanos());
        watch.failUntilEjected(true);
        watch.loop.advance(Duration.ofSeconds(34).toNanos());
        assertThat(watch.state()).as("forgotten by now").isEqualTo(OutlierState.TRIAL);
    }

    /** Fails when an ejection is forgotten before a whole base time went well, or never. */
    @Example
    void anEjectionIsForgotten_forEachBaseTimeThatWentWell() {
        for (int wellSeconds : new int[] {29, 31, 61}) {
            Watch watch = new Watch(POLICY, 1);
            watch.failUntilEjected(true);
            watch.loop.advance(Duration.ofSeconds(34).toNanos());
            watch.monitor.trialEnded(false);
            watch.loop.advance(Duration.ofSeconds(68).toNanos());
            watch.monitor.trialEnded(true);
            watch.loop.advance(Duration.ofSeconds(wellSeconds).toNanos());
            watch.failUntilEjected(true);
            int times = 3 - wellSeconds / 30;
            watch.loop.advance(Duration.ofSeconds(30L * times).toNanos() - 1);
            assertThat(watch.state()).isEqualTo(OutlierState.EJECTED);
            watch.loop.advance(Duration.ofSeconds(3L * times).toNanos() + 2);
            assertThat(watch.state()).isEqualTo(OutlierState.TRIAL);
        }
    }

    /** H2: a trial of which nothing is heard is opened again. Fails when {@code timerDue} does not arm anew. */
    @Example
    void h2_aSilentTrial_isFollowedByAnother() {
        Watch watch = new Watch(POLICY, 1);
        watch.failUntilEjected(false);
        watch.loop.advance(Duration.ofSeconds(34).toNanos());
        int before = watch.trials;
        watch.loop.advance(Duration.ofSeconds(60).toNanos());
        assertThat(watch.trials - before).isBetween(11, 13);
        watch.monitor.trialEnded(true);
        assertThat(watch.told).containsExactly(OutlierState.EJECTED, OutlierState.TRIAL, OutlierState.IN);
    }

    /** What pools can't do without stays. Fails when {@code mayEject} is not asked. */
    @Example
    void h4_whatThePoolNeeds_isNotEjected() {
        Watch watch = new Watch(POLICY, 1);
        watch.mayEject = false;
        watch.failUntilEjected(true);
        watch.failUntilEjected(false);
        assertThat(watch.state()).isEqualTo(OutlierState.IN);
        Watch off = new Watch(OutlierPolicy.off(), 1);
        for (int i = 0; i < 1_000; i++) {
            off.fail(i % 2 == 0);
        }
        assertThat(off.state()).isEqualTo(OutlierState.IN);
    }
}
