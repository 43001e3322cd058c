package io.tandemsip.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * What every {@link SelectionStrategy} owes. Extend it, answer with your strategy, and run it with jqwik.
 *
 * <p>P2 of the invariants: someone if anyone.
 */
public abstract class SelectionStrategyContract {
    /**
     * The strategy to be tried.
     *
     * @return a new one, or the same again
     */
    protected abstract SelectionStrategy strategy();

    /** Picks only from what is available, and somebody if anybody is: for any nodes, loads, weights and calls. */
    @Property(tries = 200)
    public void p2_picksAnAvailableCandidate_ifThereIsOne(
            @ForAll @IntRange(min = 1, max = 200) int size,
            @ForAll @IntRange(max = 100) int percent,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<FixedCandidate> nodes = nodes(size, random);
        Selector selector = strategy().prepare(List.copyOf(nodes), random);
        for (int i = 0; i < 30; i++) {
            nodes.get(random.nextInt(size)).set(random.nextDouble(0.001, 100), random.nextInt(1_000));
            BitSet available = new BitSet();
            for (int node = 0; node < size; node++) {
                available.set(node, random.nextInt(100) < percent);
            }
            int picked = selector.pick(call(random.nextInt()), available::get, random);
            if (available.isEmpty()) {
                assertThat(picked).isEqualTo(Selector.NONE);
            } else {
                assertThat(picked).isBetween(0, size - 1);
                assertThat(available.get(picked)).isTrue();
            }
        }
    }

    /** The only one that is left is found, wherever it stands. */
    @Property(tries = 100)
    public void p2_findsTheOnlyOneThatIsLeft(
            @ForAll @IntRange(min = 1, max = 200) int size, @ForAll @IntRange(max = 199) int at, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int only = at % size;
        Selector selector = strategy().prepare(List.copyOf(nodes(size, random)), random);
        for (int i = 0; i < 5; i++) {
            assertThat(selector.pick(call(i), index -> index == only, random)).isEqualTo(only);
        }
    }

    /** The list that was given is not changed. */
    @Example
    public void prepare_leavesTheListAsItIs() {
        SplittableRandom random = new SplittableRandom(1);
        List<Candidate> given = new ArrayList<>(nodes(10, random));
        List<Candidate> before = List.copyOf(given);
        strategy().prepare(given, random).pick(call(1), Availability.ALL, random);
        assertThat(given).isEqualTo(before);
    }

    /** A selector is asked by many threads at once. */
    @Example
    public void pick_fromManyThreadsAtOnce_answersEach() throws Exception {
        SplittableRandom seeds = new SplittableRandom(7);
        Selector selector = strategy().prepare(List.copyOf(nodes(5, seeds)), seeds.split());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                SplittableRandom random = seeds.split();
                answers.add(threads.submit(() -> {
                    go.await();
                    boolean good = true;
                    for (int i = 0; i < 5_000; i++) {
                        int picked = selector.pick(call(i), index -> index != 2, random);
                        good &= picked >= 0 && picked < 5 && picked != 2;
                    }
                    return good;
                }));
            }
            go.countDown();
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get(20, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** It has a name that people can read. */
    @Example
    public void name_isNotBlank() {
        assertThat(strategy().name()).isNotBlank();
    }

    private static CallRequest call(int number) {
        return CallRequest.invite("call-" + number + "@example.org", "tag");
    }

    private static List<FixedCandidate> nodes(int size, SplittableRandom random) {
        List<FixedCandidate> nodes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            nodes.add(new FixedCandidate("n" + i, random.nextDouble(0.001, 100), random.nextInt(1, 1_000)));
        }
        return nodes;
    }
}
