package io.tandemsip.core.selection;

import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import io.tandemsip.node.Node;
import io.tandemsip.selection.Candidate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The sum that the bound is reckoned from follows the calls, whoever looks at them at the same time. */
class CallTotalRaceTest {
    private static final int NODES = 2;

    /** A candidate whose calls come from two threads. Thread-safe. */
    private static final class Busy implements Candidate {
        final AtomicInteger calls = new AtomicInteger();
        private final Node node;

        Busy(int number) {
            node = Node.of("n" + number, "sip:127.0.0.1:" + (5_060 + number));
        }

        @Override
        public Node node() {
            return node;
        }

        @Override
        public double weight() {
            return 1;
        }

        @Override
        public int calls() {
            return calls.get();
        }

        @Override
        public long responseTimeNanos() {
            return 0;
        }
    }

    /** A total and the nodes that it is of. */
    private record Watched(List<Busy> nodes, CallTotal total) {
        static Watched create() {
            List<Busy> nodes = IntStream.range(0, NODES).mapToObj(Busy::new).toList();
            return new Watched(nodes, new CallTotal(nodes.toArray(Candidate[]::new)));
        }
    }

    /**
     * Once nothing changes any more, one look at all nodes finds the sum of their calls.
     *
     * <p>Fails when {@code look} sets what it saw and does not compare it: two that see the same change add it twice.
     */
    @Test
    void looks_countEachChangeOnce() {
        new Histories<>(Watched::create, 0L)
                .with(random -> call(random.nextInt(NODES), 1 + random.nextInt(3)))
                .with(random -> call(random.nextInt(NODES), -1))
                .with(random -> pick())
                .with(random -> pick())
                .atLast(exact())
                .check(1, 10_000);
    }

    private static Operation<Watched, Long> call(int index, int change) {
        return new Operation<>(
                "node " + index + " by " + change,
                watched -> {
                    watched.nodes.get(index).calls.addAndGet(change);
                    watched.total.look(index);
                    return "";
                },
                sum -> new Step<>(sum + change, ""));
    }

    /** What it answers in between is of no one moment: nodes are looked at one by one. */
    private static Operation<Watched, Long> pick() {
        return new Operation<>(
                "pick",
                watched -> {
                    watched.total.refreshed();
                    return "";
                },
                sum -> new Step<>(sum, ""));
    }

    private static Operation<Watched, Long> exact() {
        return new Operation<>("exact", watched -> watched.total.exact(), sum -> new Step<>(sum, sum));
    }
}
