package io.tandemsip.core.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * Calls come at random and last a random time; at one moment all are asked after, and then what came of it is seen. That
 * it lies within a factor is a matter of chance (of 6,000 runs, some are beyond), so seeds are fixed where one is stated.
 */
class TimeLeftPropertiesTest {
    private static final int LIVE = 400;

    /** What was known at the moment, and when each of the calls in question ended after it. */
    private static final class World {
        final CallLengths ended = new CallLengths();
        final LengthCounts live = new LengthCounts();
        final List<Double> endsIn = new ArrayList<>();

        World(Random random, double meanSeconds, double untilSeconds, DoubleSupplier lengths) {
            double rate = LIVE / meanSeconds;
            for (double at = 0; at < untilSeconds; at -= Math.log(1 - random.nextDouble()) / rate) {
                double length = lengths.getAsDouble();
                if (at + length <= untilSeconds) {
                    ended.add(nanos(length));
                } else {
                    live.add(nanos(untilSeconds - at), 1);
                    endsIn.add(at + length - untilSeconds);
                }
            }
            Collections.sort(endsIn);
        }

        TimeLeft estimate() {
            return TimeLeft.of(ended.counts(), live, live);
        }

        double trueMedian() {
            return endsIn.get(endsIn.size() / 2);
        }

        double trueLast() {
            return endsIn.get(endsIn.size() - 1);
        }
    }

    /**
     * Memoryless lengths: the median is within a factor of 1.4 of what came, the last call within 3.
     *
     * <p>Fails when {@code EndRates} leaves out the calls that ended beyond a bucket.
     */
    @Property(tries = 200, seed = "20261123")
    void exponentialLengths(@ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 5, max = 7_200) int mean) {
        Random random = new Random(seed);
        World world = new World(random, mean, 15.0 * mean, () -> -mean * Math.log(1 - random.nextDouble()));
        within(world.estimate().median().orElseThrow(), world.trueMedian(), 1.4);
        within(world.estimate().last().orElseThrow(), world.trueLast(), 3);
    }

    /**
     * Many short calls and some very long ones: the median within 1.6, the last within 6, since the
     * longest of few hundred such calls is itself that uncertain.
     *
     * <p>Fails when {@code TimeLeft.left} asks {@code lasts} for calls of age 0.
     */
    @Property(tries = 200, seed = "20261123")
    void logNormalLengths(
            @ForAll @LongRange(min = 0) long seed,
            @ForAll @IntRange(min = 5, max = 600) int median,
            @ForAll @DoubleRange(min = 0.5, max = 1.3) double sigma) {
        Random random = new Random(seed);
        double mean = median * Math.exp(sigma * sigma / 2);
        World world = new World(random, mean, 30.0 * mean, () -> median * Math.exp(sigma * random.nextGaussian()));
        within(world.estimate().median().orElseThrow(), world.trueMedian(), 1.6);
        within(world.estimate().last().orElseThrow(), world.trueLast(), 6);
    }

    /**
     * A router that began one mean length ago has seen short calls only, and yet is within a factor of 2.2: its tail rests on 20 calls.
     *
     * <p>Fails when {@code EndRates} does not count the calls that go on.
     */
    @Property(tries = 200, seed = "20261123")
    void youngRouter(@ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 5, max = 7_200) int mean) {
        Random random = new Random(seed);
        World world = new World(random, mean, (double) mean, () -> -mean * Math.log(1 - random.nextDouble()));
        within(world.estimate().median().orElseThrow(), world.trueMedian(), 2.2);
    }

    /**
     * Before 50 calls ended, or with none to ask after, it says that it does not know.
     *
     * <p>Fails when {@code TimeLeft.of} does not look at how many ended.
     */
    @Property(tries = 50)
    void fewCalls_notKnown(@ForAll @IntRange(min = 0, max = 49) int ended) {
        LengthCounts some = new LengthCounts();
        some.add(nanos(60), ended);
        LengthCounts those = new LengthCounts();
        those.add(nanos(10), 5);
        assertThat(TimeLeft.of(some, those, those)).isEqualTo(TimeLeft.UNKNOWN);
        some.add(nanos(60), 50);
        assertThat(TimeLeft.of(some, those, new LengthCounts())).isEqualTo(TimeLeft.UNKNOWN);
        assertThat(TimeLeft.of(some, those, those).last()).isPresent();
    }

    /**
     * Whatever the numbers, the last call does not end before half have, and nothing is thrown.
     *
     * <p>Fails when buckets are asked for beyond the last one.
     */
    @Property
    void anyLengths(@ForAll List<Long> lengths, @ForAll List<Long> ages) {
        CallLengths ended = new CallLengths();
        for (int i = 0; i < 60; i++) {
            lengths.forEach(ended::add);
        }
        LengthCounts live = new LengthCounts();
        ages.forEach(age -> live.add(age, 1));
        TimeLeft left = TimeLeft.of(ended.counts(), live, live);
        left.last()
                .ifPresent(last ->
                        assertThat(last).isGreaterThanOrEqualTo(left.median().orElseThrow()));
    }

    /**
     * Every length is in a bucket that holds it, an eighth of it wide at most.
     *
     * <p>Fails when {@code LengthBuckets.of} shifts by one bit more.
     */
    @Property
    void bucketsHoldTheirLengths(@ForAll @LongRange(min = 0, max = 30_000_000_000L) long millis) {
        int bucket = LengthBuckets.of(millis * 1_000_000);
        assertThat(LengthBuckets.lowSeconds(bucket)).isLessThanOrEqualTo(millis / 1e3);
        assertThat(LengthBuckets.lowSeconds(bucket + 1)).isGreaterThan(millis / 1e3);
        assertThat(LengthBuckets.widthSeconds(bucket)).isLessThanOrEqualTo(Math.max(0.00101, millis / 8e3));
    }

    /**
     * Lengths change, and the estimate follows: after many calls of a new length the old ones hardly count.
     *
     * <p>Fails when {@code CallLengths.add} never halves.
     */
    @Property(tries = 1)
    void oldLengthsFade() {
        CallLengths ended = new CallLengths();
        for (int i = 0; i < 131_000; i++) {
            ended.add(nanos(600));
        }
        for (int i = 0; i < 400_000; i++) {
            ended.add(nanos(10));
        }
        double old = ended.counts().in(LengthBuckets.of(nanos(600)));
        assertThat(old).isLessThan(5_000);
        assertThat(ended.counts().total()).isBetween(65_000.0, 131_072.0);
    }

    private static void within(Duration estimate, double seconds, double factor) {
        assertThat(estimate.toMillis() / 1e3).isBetween(seconds / factor, seconds * factor);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
