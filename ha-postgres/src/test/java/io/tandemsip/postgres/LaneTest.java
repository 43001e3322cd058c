package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Lanes by hand: the executor's tasks run when the test says so. */
class LaneTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Counters counters = new Counters();
    private final List<List<Integer>> batches = new ArrayList<>();
    private final Traffic traffic =
            new Traffic(new Limits(4, Duration.ofSeconds(1).toNanos()), tasks::add, now::get, counters);
    private final Lane<Number> lane = traffic.lane("numbers", 3, this::answer);
    private int poison = -1;
    private HaException failure = new HaException("unused");

    private void answer(List<Number> batch) {
        batches.add(batch.stream().map(each -> each.value).toList());
        if (batch.stream().anyMatch(each -> each.value == poison)) {
            throw failure;
        }
        batch.forEach(each -> each.succeed(each.value));
    }

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private Number add(int value) {
        return add(value, value);
    }

    private Number add(int value, Object key) {
        Number request = new Number(value, key);
        lane.add(request);
        return request;
    }

    @Test
    void add_moreThanFit_failsAtOnceAndIsCounted() {
        List<Number> taken = List.of(add(1), add(2), add(3), add(4));
        Number fifth = add(5);
        assertThat(Stages.failure(fifth.answer())).isInstanceOf(StoreUnavailableException.class);
        assertThat(counters.statistics().refused()).isOne();
        assertThat(counters.statistics().waiting()).isEqualTo(4);
        runAll();
        assertThat(taken)
                .allSatisfy(each -> assertThat(Stages.await(each.answer())).isEqualTo(each.value));
        assertThat(counters.statistics().waiting()).isZero();
        assertThat(Stages.await(addAndRun(6).answer())).isEqualTo(6);
    }

    private Number addAndRun(int value) {
        Number request = add(value);
        runAll();
        return request;
    }

    @Test
    void requests_areSentInOrder_asManyAsFit() {
        add(1);
        add(2);
        add(3);
        add(4);
        runAll();
        assertThat(batches).containsExactly(List.of(1, 2, 3), List.of(4));
        assertThat(counters.statistics().batches()).isEqualTo(2);
    }

    /** Fails when a batch goes on behind the second of a key: a bind and the end after it would change places. */
    @Test
    void theSecondOfAKey_waitsForTheFirst_andNobodyOvertakesIt() {
        add(1, "a");
        add(2, "a");
        add(3, "b");
        runAll();
        assertThat(batches).containsExactly(List.of(1), List.of(2, 3));
    }

    @Test
    void oneBatchAtATime_evenWhenMoreIsAddedMeanwhile() {
        add(1);
        add(2);
        assertThat(tasks).hasSize(1);
    }

    @Test
    void aRequestThatWaitedTooLong_isNotSent() {
        Number late = add(1);
        now.addAndGet(Duration.ofMillis(1001).toNanos());
        Number fresh = add(2);
        runAll();
        assertThat(Stages.failure(late.answer())).isInstanceOf(StoreUnavailableException.class);
        assertThat(Stages.await(fresh.answer())).isEqualTo(2);
        assertThat(batches).containsExactly(List.of(2));
    }

    @Test
    void aFailure_failsTheWholeBatch() {
        poison = 2;
        failure = new StoreTimeoutException("on purpose");
        Number first = add(1);
        Number second = add(2);
        runAll();
        assertThat(Stages.failure(first.answer())).isSameAs(failure);
        assertThat(Stages.failure(second.answer())).isSameAs(failure);
        assertThat(counters.statistics().failed()).isEqualTo(2);
    }

    @Test
    void aFailureByContent_failsOnlyTheOneAtFault() {
        poison = 2;
        failure = Failures.sent(new SQLException("invalid byte sequence", "22021"));
        Number first = add(1);
        Number second = add(2);
        Number third = add(3);
        runAll();
        assertThat(Stages.await(first.answer())).isEqualTo(1);
        assertThat(Stages.failure(second.answer())).isSameAs(failure);
        assertThat(Stages.await(third.answer())).isEqualTo(3);
    }

    @Test
    void aBug_failsTheBatchAndNotTheLane() {
        Lane<Number> broken = traffic.lane("broken", 3, batch -> {
            throw new IllegalStateException("on purpose");
        });
        Number request = new Number(1, 1);
        broken.add(request);
        runAll();
        assertThat(Stages.failure(request.answer())).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void close_sendsWhatWaits_andTakesNoMore() {
        Number before = add(1);
        lane.close();
        Number after = add(2);
        runAll();
        assertThat(Stages.await(before.answer())).isEqualTo(1);
        assertThat(Stages.failure(after.answer())).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void abandon_failsWhatWaits() {
        Number waiting = add(1);
        lane.abandon();
        assertThat(Stages.failure(waiting.answer())).isInstanceOf(StoreUnavailableException.class);
        runAll();
        assertThat(batches).isEmpty();
        assertThat(counters.statistics().waiting()).isZero();
    }

    private static final class Number extends Request<Integer> {
        final int value;

        Number(int value, Object key) {
            super(key);
            this.value = value;
        }
    }
}
