package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandTimeoutException;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Lanes by hand: batches are answered when the test says so. */
class LaneTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Counters counters = new Counters();
    private final List<List<Integer>> batches = new ArrayList<>();
    private final Queue<Runnable> answers = new ArrayDeque<>();
    private final Queue<CompletableFuture<Void>> stages = new ArrayDeque<>();
    private final Lane<Number> lane = new Traffic(
                    new Limits(20, Duration.ofSeconds(1).toNanos()), now::get, counters)
            .lane("numbers", 3, this::send);
    private boolean throwing;

    private CompletionStage<?> send(List<Number> batch) {
        if (throwing) {
            throw new IllegalStateException("on purpose");
        }
        batches.add(batch.stream().map(each -> each.value).toList());
        CompletableFuture<Void> stage = new CompletableFuture<>();
        stages.add(stage);
        answers.add(() -> {
            batch.forEach(each -> each.succeed(each.value));
            stage.complete(null);
        });
        return stage;
    }

    private void answerNext() {
        stages.remove();
        answers.remove().run();
    }

    private Number add(int value) {
        return add(value, value);
    }

    private Number add(int value, Object key) {
        Number request = new Number(value, key);
        lane.add(request);
        return request;
    }

    private void fillTheWay() {
        for (int i = 1; i <= 4; i++) {
            add(i);
        }
        assertThat(batches).containsExactly(List.of(1), List.of(2), List.of(3), List.of(4));
    }

    /** Nobody waits for company, until four are under way; then the next gather. */
    @Test
    void requests_areSentAtOnce_andGatherWhenTheWayIsFull() {
        fillTheWay();
        for (int i = 5; i <= 9; i++) {
            add(i);
        }
        assertThat(batches).hasSize(4);
        answerNext();
        assertThat(batches).hasSize(5).last().isEqualTo(List.of(5, 6, 7));
        answerNext();
        assertThat(batches).hasSize(6).last().isEqualTo(List.of(8, 9));
        assertThat(counters.statistics().batches()).isEqualTo(6);
        assertThat(counters.statistics().waiting()).isEqualTo(7);
    }

    /** Fails when a key that is under way does not hold back: a bind and the end after it would change places. */
    @Test
    void theSecondOfAKey_waitsUntilTheFirstWasAnswered_andNobodyOvertakesIt() {
        add(1, "a");
        add(2, "a");
        add(3, "b");
        assertThat(batches).containsExactly(List.of(1));
        answerNext();
        assertThat(batches).containsExactly(List.of(1), List.of(2, 3));
    }

    @Test
    void moreThanFit_failAtOnceAndAreCounted() {
        for (int i = 0; i < 20; i++) {
            add(i);
        }
        assertThat(Stages.failure(add(20).answer()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("full with 20");
        assertThat(counters.statistics().refused()).isOne();
        while (!answers.isEmpty()) {
            answerNext();
        }
        assertThat(counters.statistics().waiting()).isZero();
        assertThat(counters.statistics().answered()).isEqualTo(20);
        Number next = add(21);
        answerNext();
        assertThat(Stages.await(next.answer())).isEqualTo(21);
    }

    /** Fails when what waited is sent however late: a queue that built up would be worked off for nobody. */
    @Test
    void aRequestThatWaitedTooLong_isNotSent() {
        fillTheWay();
        Number late = add(5);
        now.addAndGet(Duration.ofMillis(1001).toNanos());
        Number fresh = add(6);
        answerNext();
        answerNext();
        assertThat(Stages.failure(late.answer())).isInstanceOf(StoreUnavailableException.class);
        assertThat(batches).last().isEqualTo(List.of(6));
        answerNext();
        answerNext();
        answerNext();
        assertThat(Stages.await(fresh.answer())).isEqualTo(6);
        assertThat(counters.statistics().failed()).isOne();
    }

    @Test
    void aBatchThatFails_failsAllInIt_andTheNextIsSent() {
        Number first = add(1, "a");
        Number second = add(2, "a");
        answers.remove();
        stages.remove().completeExceptionally(new RedisCommandTimeoutException("late"));
        assertThat(Stages.failure(first.answer())).isInstanceOf(StoreTimeoutException.class);
        answerNext();
        assertThat(Stages.await(second.answer())).isEqualTo(2);
        throwing = true;
        assertThat(Stages.failure(add(3).answer())).isInstanceOf(StoreTimeoutException.class);
    }

    @Test
    void aBatchThatLeavesOneUndecided_failsThatOne() {
        Number forgotten = add(1);
        answers.remove();
        stages.remove().complete(null);
        assertThat(Stages.failure(forgotten.answer())).hasMessageContaining("undecided");
    }

    @Test
    void close_takesNoMore_andSendsWhatWaits() {
        fillTheWay();
        Number waiting = add(5);
        CompletableFuture<Boolean> drained = lane.close().toCompletableFuture();
        assertThat(Stages.failure(add(6).answer())).hasMessageContaining("closed");
        assertThat(drained).isNotDone();
        while (!answers.isEmpty()) {
            answerNext();
        }
        assertThat(Stages.await(waiting.answer())).isEqualTo(5);
        assertThat(drained).isCompletedWithValue(true);
    }

    @Test
    void abandon_failsWhatWaits() {
        fillTheWay();
        Number waiting = add(5);
        lane.abandon();
        assertThat(Stages.failure(waiting.answer()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("closed");
    }

    /** Many answered in the sender itself: the stack does not grow with them. */
    @Test
    void answersThatComeAtOnce_areTakenInALoop() {
        List<Lane<Number>> self = new ArrayList<>();
        AtomicLong left = new AtomicLong(100_000);
        self.add(new Traffic(new Limits(10, Long.MAX_VALUE / 4), () -> 0, counters).lane("at once", 1, batch -> {
            batch.forEach(each -> each.succeed(each.value));
            if (left.decrementAndGet() > 0) {
                self.get(0).add(new Number(1, new Object()));
            }
            return CompletableFuture.completedStage(null);
        }));
        self.get(0).add(new Number(1, new Object()));
        assertThat(left).hasValue(0);
    }

    private static final class Number extends Request<Integer> {
        private final int value;

        Number(int value, Object key) {
            super(key);
            this.value = value;
        }
    }
}
