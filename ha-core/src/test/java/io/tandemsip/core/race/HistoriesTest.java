package io.tandemsip.core.race;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The checker finds what is wrong, and lets pass what is not. */
class HistoriesTest {
    /** Fails when answers are not compared, or the last operations are left out. */
    @Test
    void aCounterThatLosesCounts_isFound() {
        Operation<AtomicInteger, Integer> lossy = new Operation<>(
                "count",
                counter -> {
                    int before = counter.get();
                    for (int i = 0; i < 50; i++) {
                        Thread.onSpinWait();
                    }
                    counter.set(before + 1);
                    return "";
                },
                count -> new Step<>(count + 1, ""));
        assertThatThrownBy(() -> new Histories<>(AtomicInteger::new, 0)
                        .with(random -> lossy)
                        .atLast(get())
                        .check(1, 200_000))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no order of these");
    }

    /** A stale answer is wrong though some order would explain it: what was over before came before. */
    @Test
    void anAnswerFromThePast_isFound() {
        Operation<AtomicInteger, Integer> stale =
                new Operation<>("get, stale", counter -> 0, count -> new Step<>(count, count));
        assertThatThrownBy(() -> new Histories<>(AtomicInteger::new, 0)
                        .only(0, random -> count())
                        .only(1, random -> stale)
                        .atLast(get())
                        .check(1, 50_000))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void anAtomicCounter_passes() {
        new Histories<>(AtomicInteger::new, 0)
                .with(random -> count())
                .with(random -> get())
                .atLast(get())
                .check(1, 20_000);
    }

    private static Operation<AtomicInteger, Integer> count() {
        return new Operation<>("count", AtomicInteger::incrementAndGet, count -> new Step<>(count + 1, count + 1));
    }

    private static Operation<AtomicInteger, Integer> get() {
        return new Operation<>("get", AtomicInteger::get, count -> new Step<>(count, count));
    }
}
