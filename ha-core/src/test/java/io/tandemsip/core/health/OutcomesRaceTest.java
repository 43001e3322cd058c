package io.tandemsip.core.health;

import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class OutcomesRaceTest {
    /** Totals, and a row that nothing interrupts. */
    private record Counts(long succeeded, long local, long remote, int inARow) {}

    /**
     * No call is lost from the counts.
     *
     * <p>Fails when a counter is read, added to and set.
     */
    @Test
    void counting_losesNothing() {
        new Histories<>(Outcomes::new, new Counts(0, 0, 0, 0))
                .with(random -> count(
                        "succeeded",
                        Outcomes::succeeded,
                        each -> new Counts(each.succeeded + 1, each.local, each.remote, 0)))
                .with(random -> count(
                        "failed locally",
                        Outcomes::failedLocally,
                        each -> new Counts(each.succeeded, each.local + 1, each.remote, 0)))
                .with(random -> count(
                        "failed remotely",
                        Outcomes::failedRemotely,
                        each -> new Counts(each.succeeded, each.local, each.remote + 1, 0)))
                .atLast(new Operation<>(
                        "tally",
                        outcomes -> {
                            Tally tally = outcomes.tally();
                            return new Counts(tally.succeeded(), tally.local(), tally.remote(), 0);
                        },
                        each -> new Step<>(each, each)))
                .check(1, 20_000);
    }

    /**
     * Of failures alone, none is lost from the row.
     *
     * <p>Fails when the row is read, added to and set.
     */
    @Test
    void aRow_isAsLongAsItIs() {
        new Histories<>(Outcomes::new, new Counts(0, 0, 0, 0))
                .with(random -> count(
                        "failed locally",
                        Outcomes::failedLocally,
                        each -> new Counts(0, each.local + 1, 0, each.inARow + 1)))
                .with(random -> new Operation<>(
                        "row", outcomes -> outcomes.tally().localInARow(), each -> new Step<>(each, each.inARow)))
                .atLast(new Operation<>(
                        "row", outcomes -> outcomes.tally().localInARow(), each -> new Step<>(each, each.inARow)))
                .check(2, 20_000);
    }

    private static Operation<Outcomes, Counts> count(
            String text, Consumer<Outcomes> real, UnaryOperator<Counts> model) {
        return new Operation<>(
                text,
                outcomes -> {
                    real.accept(outcomes);
                    return "";
                },
                each -> new Step<>(model.apply(each), ""));
    }
}
