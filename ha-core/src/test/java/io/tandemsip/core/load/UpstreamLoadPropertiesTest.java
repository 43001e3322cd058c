package io.tandemsip.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The loop that is closed when those who send obey. */
class UpstreamLoadPropertiesTest {
    private static final long WINDOW = 500_000_000L;

    /** Fails when the last word is left out of the reckoning, or more is let through by steps of the share that is kept back. */
    @Property(tries = 200)
    void obeyedWords_leaveLittleToRefuse_andLittleUnused(
            @ForAll @IntRange(min = 20, max = 2_000) int capacity, @ForAll @IntRange(min = 11, max = 100) int tenths) {
        double demand = capacity * tenths / 10.0;
        UpstreamLoad load = UpstreamLoad.NONE;
        long placed = 0;
        long refused = 0;
        for (int window = 0; window < 240; window++) {
            long comes = Math.round(demand * (1 - load.loss()) / 2);
            long goes = Math.min(comes, capacity / 2);
            load = load.after(goes, comes - goes, WINDOW);
            if (window >= 40) {
                placed += goes;
                refused += comes - goes;
            }
        }
        assertThat(placed / 100.0).as("per second").isGreaterThan(0.95 * capacity - 1);
        assertThat((double) refused / (placed + refused)).isLessThan(0.15);
    }

    /** Fails when the share does not end when nothing is refused any more. */
    @Property(tries = 50)
    void whenAllIsCarriedAgain_itEnds(@ForAll @IntRange(min = 1, max = 1_000) int refused) {
        UpstreamLoad load = UpstreamLoad.NONE.after(10, refused, WINDOW);
        assertThat(load.isInForce()).isTrue();
        assertThat(load.loss()).isBetween(0.0, 0.95);
        int windows = 0;
        while (load.isInForce()) {
            load = load.after(5, 0, WINDOW);
            windows++;
        }
        assertThat(windows).isLessThan(60);
        assertThat(load.after(5, 0, WINDOW)).isEqualTo(UpstreamLoad.NONE);
    }

    /** With no word before, what is carried is what came and got a node. */
    @Example
    void rate_isWhatWasCarried() {
        UpstreamLoad load = UpstreamLoad.NONE.after(50, 50, WINDOW);
        assertThat(load.loss()).isEqualTo(0.5);
        assertThat(load.carriedPerSecond()).isEqualTo(100);
    }
}
