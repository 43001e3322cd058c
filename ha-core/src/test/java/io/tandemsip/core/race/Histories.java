package io.tandemsip.core.race;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs a few operations on two threads at once, many times, and looks each time whether their answers could have come from the
 * same operations one after the other, in an order that keeps those apart that did not overlap (Wing and Gong, Testing and
 * verifying concurrent objects, 1993). Operations by one thread after both are done are part of the history, so that what was
 * lost shows.
 *
 * @param <S> what is tried
 * @param <M> the state of its model: a value
 */
public final class Histories<S, M> {
    private static final int THREADS = 2;
    private static final int OPERATIONS = 4;
    private static final int BATCH = 500;
    private static final long GIVE_UP_SECONDS = 60;

    private final Supplier<S> subject;
    private final M initial;
    private final List<List<Function<SplittableRandom, Operation<S, M>>>> anything =
            List.of(new ArrayList<>(), new ArrayList<>());
    private final List<Operation<S, M>> atLast = new ArrayList<>();

    /**
     * Histories without operations.
     *
     * @param subject makes a new one for each history
     * @param initial what the model says of a new one
     */
    public Histories(Supplier<S> subject, M initial) {
        this.subject = subject;
        this.initial = initial;
    }

    /**
     * What a call answers, and the state after it.
     *
     * @param state the state after
     * @param answer the answer
     * @param <M> the state
     */
    public record Step<M>(M state, Object answer) {}

    /**
     * One operation.
     *
     * @param text what it is, for people
     * @param real does it and answers
     * @param model says what it answers in a state
     * @param <S> what is tried
     * @param <M> the state
     */
    public record Operation<S, M>(String text, Function<S, Object> real, Function<M, Step<M>> model) {}

    /**
     * Adds an operation that either thread may do at any time.
     *
     * @param operation drawn for each time it is done
     * @return this
     */
    public Histories<S, M> with(Function<SplittableRandom, Operation<S, M>> operation) {
        for (int thread = 0; thread < THREADS; thread++) {
            only(thread, operation);
        }
        return this;
    }

    /**
     * Adds an operation that one of the threads may do at any time.
     *
     * @param thread 0 or 1
     * @param operation drawn for each time it is done
     * @return this
     */
    public Histories<S, M> only(int thread, Function<SplittableRandom, Operation<S, M>> operation) {
        anything.get(thread).add(operation);
        return this;
    }

    /**
     * Adds an operation that is done after all others.
     *
     * @param operation the operation
     * @return this
     */
    public Histories<S, M> atLast(Operation<S, M> operation) {
        atLast.add(operation);
        return this;
    }

    /**
     * Runs histories until one cannot be explained.
     *
     * @param seed of the operations; the threads' timing is left to the machine
     * @param count how many histories
     * @throws AssertionError with the history that cannot be explained
     */
    public void check(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (int done = 0; done < count; done += BATCH) {
                batch(random, threads, Math.min(BATCH, count - done));
            }
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new AssertionError("the threads did not come to an end", failed);
        } finally {
            threads.shutdownNow();
        }
    }

    private void batch(SplittableRandom random, ExecutorService threads, int count)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<Round<S>> rounds = new ArrayList<>();
        List<List<List<Operation<S, M>>>> scripts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rounds.add(new Round<>(subject.get()));
            scripts.add(List.of(drawn(random, anything.get(0)), drawn(random, anything.get(1))));
        }
        List<Future<List<List<Done<S, M>>>>> all = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int mine = thread;
            all.add(threads.submit(() -> run(rounds, scripts, mine)));
        }
        List<List<List<Done<S, M>>>> done = new ArrayList<>();
        for (Future<List<List<Done<S, M>>>> each : all) {
            done.add(each.get(GIVE_UP_SECONDS, TimeUnit.SECONDS));
        }
        for (int i = 0; i < count; i++) {
            List<Done<S, M>> history = new ArrayList<>();
            for (List<List<Done<S, M>>> thread : done) {
                history.addAll(thread.get(i));
            }
            for (Operation<S, M> last : atLast) {
                history.add(timed(rounds.get(i).subject, last, THREADS));
            }
            explain(history);
        }
    }

    private List<Operation<S, M>> drawn(
            SplittableRandom random, List<Function<SplittableRandom, Operation<S, M>>> any) {
        List<Operation<S, M>> script = new ArrayList<>();
        for (int i = 0; i < OPERATIONS; i++) {
            script.add(any.get(random.nextInt(any.size())).apply(random));
        }
        return script;
    }

    private List<List<Done<S, M>>> run(List<Round<S>> rounds, List<List<List<Operation<S, M>>>> scripts, int thread) {
        List<List<Done<S, M>>> all = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
            Round<S> round = rounds.get(i);
            round.meet();
            List<Done<S, M>> mine = new ArrayList<>(OPERATIONS);
            for (Operation<S, M> operation : scripts.get(i).get(thread)) {
                mine.add(timed(round.subject, operation, thread));
            }
            all.add(mine);
        }
        return all;
    }

    private static <S, M> Done<S, M> timed(S subject, Operation<S, M> operation, int thread) {
        long begun = System.nanoTime();
        Object answer = operation.real.apply(subject);
        return new Done<>(operation, answer, thread, begun, System.nanoTime());
    }

    private void explain(List<Done<S, M>> history) {
        if (!explained(history, 0, initial, new HashSet<>())) {
            StringBuilder story = new StringBuilder("no order of these explains their answers, from ").append(initial);
            history.forEach(done -> story.append("\n  ").append(done));
            throw new AssertionError(story);
        }
    }

    private boolean explained(List<Done<S, M>> history, int taken, M state, Set<Seen<M>> dead) {
        if (taken == (1 << history.size()) - 1) {
            return true;
        }
        if (!dead.add(new Seen<>(taken, state))) {
            return false;
        }
        for (int i = 0; i < history.size(); i++) {
            if ((taken & 1 << i) == 0 && mayBeNext(history, taken, i)) {
                Done<S, M> done = history.get(i);
                Step<M> step = done.operation.model.apply(state);
                if (Objects.equals(step.answer, done.answer) && explained(history, taken | 1 << i, step.state, dead)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Unless another one that is left was over before it began. */
    private static <S, M> boolean mayBeNext(List<Done<S, M>> history, int taken, int candidate) {
        Done<S, M> wanted = history.get(candidate);
        for (int i = 0; i < history.size(); i++) {
            if (i != candidate && (taken & 1 << i) == 0 && history.get(i).isBefore(wanted, i < candidate)) {
                return false;
            }
        }
        return true;
    }

    private record Seen<M>(int taken, M state) {}

    private record Done<S, M>(Operation<S, M> operation, Object answer, int thread, long begunNanos, long overNanos) {
        boolean isBefore(Done<S, M> other, boolean listedFirst) {
            return thread == other.thread || other.thread == THREADS
                    ? listedFirst
                    : thread != THREADS && overNanos - other.begunNanos < 0;
        }

        @Override
        public String toString() {
            return "thread " + thread + ": " + operation.text + " = " + answer + " (" + begunNanos + " to " + overNanos
                    + ")";
        }
    }

    /** Both threads begin at the same moment, as near as can be. */
    private static final class Round<S> {
        final S subject;
        private final AtomicInteger there = new AtomicInteger();

        Round(S subject) {
            this.subject = subject;
        }

        void meet() {
            there.incrementAndGet();
            for (int spins = 0; there.get() < THREADS; spins++) {
                if (spins > 1_000) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new IllegalStateException("the other thread is gone");
                }
            }
        }
    }
}
