package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecentRefusalsTest {
    /** Five seconds of 6,000 refusals each. */
    private static final int SECONDS_WORTH = 30_000;

    private static long[] numbers(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.longs(count).toArray();
    }

    private static long known(RecentRefusals refusals, long[] numbers) {
        return Arrays.stream(numbers).filter(refusals::has).count();
    }

    /** Fails when one refusal takes the place of another while there is room, as with one place for each. */
    @Test
    void refusals_ofSomeSeconds_areAllKnown() {
        RecentRefusals refusals = new RecentRefusals();
        long[] numbers = numbers(1, SECONDS_WORTH);
        for (long number : numbers) {
            refusals.add(number);
        }
        assertThat(known(refusals, numbers)).isGreaterThan(SECONDS_WORTH - 10);
    }

    @Test
    void oneThatComesAgainAndAgain_takesNobodysPlace() {
        RecentRefusals refusals = new RecentRefusals();
        long[] numbers = numbers(2, SECONDS_WORTH);
        for (long number : numbers) {
            for (int copy = 0; copy < 7; copy++) {
                refusals.add(number);
            }
        }
        assertThat(known(refusals, numbers)).isGreaterThan(SECONDS_WORTH - 10);
    }

    @Test
    void othersAreUnknown_andTheOldestAreForgotten() {
        RecentRefusals refusals = new RecentRefusals();
        long[] first = numbers(3, SECONDS_WORTH);
        for (long number : first) {
            refusals.add(number);
        }
        assertThat(known(refusals, numbers(4, SECONDS_WORTH))).isZero();
        for (long number : numbers(5, 4 * RecentRefusals.MOST)) {
            refusals.add(number);
        }
        assertThat(known(refusals, first)).isZero();
    }
}
