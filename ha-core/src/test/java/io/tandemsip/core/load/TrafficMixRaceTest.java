package io.tandemsip.core.load;

import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import org.junit.jupiter.api.Test;

class TrafficMixRaceTest {
    private record Counts(long plain, long priority) {}

    /** Fails when {@code came} reads, adds and sets; when the two counts are in two words that are read one by one. */
    @Test
    void counting_isAsOneAfterTheOther() {
        new Histories<>(TrafficMix::new, new Counts(80, 20))
                .with(random -> came(random.nextBoolean()))
                .with(random -> share())
                .atLast(share())
                .check(1, 30_000);
    }

    private static Operation<TrafficMix, Counts> came(boolean priority) {
        return new Operation<>(
                priority ? "came with priority" : "came",
                mix -> {
                    mix.came(priority);
                    return "";
                },
                counts -> new Step<>(
                        new Counts(counts.plain + (priority ? 0 : 1), counts.priority + (priority ? 1 : 0)), ""));
    }

    private static Operation<TrafficMix, Counts> share() {
        return new Operation<>(
                "share",
                TrafficMix::plainShare,
                counts -> new Step<>(counts, (double) counts.plain / (counts.plain + counts.priority)));
    }
}
