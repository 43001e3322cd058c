package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** How many turns each gets. */
class ScheduleTest {
    /** Fails when what is left over goes to others than those who lack the most. */
    @Test
    void whatIsLeftOver_goesToTheLargestRemainders() {
        assertThat(Schedule.shares(new double[] {0.5, 1.5, 1}, 7)).containsExactly(1, 4, 2);
        assertThat(Schedule.shares(new double[] {1.5, 0.5, 1}, 7)).containsExactly(4, 1, 2);
        assertThat(Schedule.shares(new double[] {17, 16, 17, 50}, 10)).containsExactly(2, 1, 2, 5);
        assertThat(Schedule.shares(new double[] {0.3, 0.3, 0.4}, 10)).containsExactly(3, 3, 4);
    }

    /** Fails when small whole numbers are not cut short, or many nodes get too few turns to tell their weights apart. */
    @Test
    void aSchedule_isAsShortAsWholeWeightsAllow_andLongEnoughForManyNodes() {
        assertThat(Schedule.counts(new double[] {2, 4, 6})).containsExactly(1, 2, 3);
        assertThat(Schedule.counts(new double[] {7})).containsExactly(1);
        assertThat(Schedule.counts(new double[] {0.5, 1.5})).containsExactly(4_096, 12_288);
        double[] many = new double[3_000];
        Arrays.fill(many, 1.5);
        assertThat(Schedule.counts(many)).containsOnly(8);
    }
}
