package io.tandemsip.core.route;

import io.tandemsip.RetryBudget;
import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import org.junit.jupiter.api.Test;

/** An outage fails many calls at once: together they are given what the budget has, and no more. */
class RetryTokensRaceTest {
    private record Level(int tokens, int placed) {
        Level at(int nowPlaced) {
            int more = Math.max(0, nowPlaced - placed);
            return new Level(tokens + more, placed + more);
        }
    }

    /**
     * Each token is taken once, each given back is there again, and each call placed earns once.
     *
     * <p>Fails when {@code giveBack} reads the level and then sets it.
     */
    @Test
    void takingAndGivingBack_isAsOneAfterTheOther() {
        new Histories<>(() -> new RetryTokens(new RetryBudget(1, 0.3), 0), new Level(3, 0))
                .with(random -> take(0))
                .with(random -> take(0))
                .with(random -> take(random.nextInt(4)))
                .with(random -> giveBack())
                .atLast(take(0))
                .atLast(take(0))
                .check(1, 20_000);
    }

    private static Operation<RetryTokens, Level> take(int placed) {
        return new Operation<>("take at " + placed, tokens -> tokens.take(0, placed), before -> {
            Level now = before.at(placed);
            return now.tokens > 0 ? new Step<>(new Level(now.tokens - 1, now.placed), true) : new Step<>(now, false);
        });
    }

    private static Operation<RetryTokens, Level> giveBack() {
        return new Operation<>(
                "give back",
                tokens -> {
                    tokens.giveBack();
                    return "";
                },
                before -> new Step<>(new Level(before.tokens + 1, before.placed), ""));
    }
}
