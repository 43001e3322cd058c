package io.tandemsip.core.capacity;

import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import io.tandemsip.node.Capacity;
import org.junit.jupiter.api.Test;

/** P4: a burst is as large under two threads as under one. */
class RateLimitRaceTest {
    /** Fails when {@code tryTake} sets its number and does not compare it. */
    @Test
    void aBurst_isTakenOnce() {
        Capacity capacity = Capacity.unlimited().withCallsPerSecond(1, 5);
        new Histories<>(() -> new RateLimit(capacity, 0), 0)
                .with(random -> take())
                .atLast(take())
                .check(1, 30_000);
    }

    private static Operation<RateLimit, Integer> take() {
        return new Operation<>(
                "take",
                limit -> limit.tryTake(0, false),
                taken -> taken < 5 ? new Step<>(taken + 1, true) : new Step<>(taken, false));
    }
}
