package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.jainsip.TransactionRules.ClientPhase;
import io.tandemsip.jainsip.TransactionRules.Given;
import io.tandemsip.jainsip.TransactionRules.Received;
import io.tandemsip.jainsip.TransactionRules.ServerPhase;
import io.tandemsip.jainsip.TransactionRules.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** RFC 3261 section 17 and RFC 6026 over UDP, in random order of what happens. */
class TransactionRulesPropertiesTest {
    private static final int[] STATUSES = {100, 180, 183, 200, 202, 302, 404, 486, 500, 503, 603};

    /** Fails when {@code onResponse} passes a refusal that was passed before, or goes back to an earlier phase. */
    @Property(tries = 500)
    void client_passesOneRefusalAtMost_acknowledgesEach_andNeverGoesBack(@ForAll boolean invite, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ClientPhase phase = ClientPhase.TRYING;
        int finals = 0;
        for (int i = 0; i < 30; i++) {
            int status = STATUSES[random.nextInt(STATUSES.length)];
            Received received = TransactionRules.onResponse(phase, invite, status);
            assertThat(received.next()).isGreaterThanOrEqualTo(phase);
            boolean refuses = status >= 300;
            assertThat(received.acknowledged()).isEqualTo(invite && refuses && phase != ClientPhase.TERMINATED);
            if (received.passed() && status >= 200 && (refuses || !invite)) {
                finals++;
            }
            if (status < 200) {
                assertThat(received.passed()).isEqualTo(phase.compareTo(ClientPhase.COMPLETED) < 0);
            } else if (invite && !refuses) {
                assertThat(received.passed()).as("each 2xx goes on").isTrue();
            }
            phase = received.next();
        }
        assertThat(finals).isLessThanOrEqualTo(1);
    }

    /** The moments of RFC 3261 figures 5 and 6. */
    @Example
    void client_thatHearsNothing_repeatsAtTheMomentsOfTheTimers_andEndsAfter32Seconds() {
        assertThat(moments(true, ClientPhase.TRYING)).containsExactly(500, 1_500, 3_500, 7_500, 15_500, 31_500);
        assertThat(moments(false, ClientPhase.TRYING))
                .containsExactly(500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500);
        assertThat(moments(true, ClientPhase.PROCEEDING)).isEmpty();
        assertThat(moments(false, ClientPhase.PROCEEDING))
                .containsExactly(500, 4_500, 8_500, 12_500, 16_500, 20_500, 24_500, 28_500);
    }

    private static List<Integer> moments(boolean invite, ClientPhase phase) {
        List<Integer> moments = new ArrayList<>();
        int waited = TransactionRules.T1;
        int elapsed = waited;
        Turn turn = TransactionRules.onClientTimer(phase, invite, waited, elapsed);
        while (turn.nextMillis() > 0) {
            moments.add(elapsed);
            waited = turn.nextMillis();
            elapsed += waited;
            turn = TransactionRules.onClientTimer(phase, invite, waited, elapsed);
        }
        assertThat(turn.over()).isEqualTo(!invite || phase == ClientPhase.TRYING);
        assertThat(turn.over() ? elapsed : TransactionRules.LIFE).isEqualTo(TransactionRules.LIFE);
        return moments;
    }

    /** Fails when a second final response is sent, when an ACK to a 2xx is absorbed, or one to a refusal goes on. */
    @Property(tries = 500)
    void server_sendsOneFinalResponse_andAbsorbsTheAckOfARefusalOnly(@ForAll boolean invite, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ServerPhase phase = ServerPhase.PROCEEDING;
        int first = 0;
        for (int i = 0; i < 30; i++) {
            if (random.nextInt(4) == 0) {
                boolean refused = invite && first >= 300;
                assertThat(TransactionRules.absorbsAck(phase)).isEqualTo(refused || (!invite && first >= 200));
                phase = refused ? ServerPhase.CONFIRMED : phase;
            } else {
                int status = STATUSES[random.nextInt(STATUSES.length)];
                Given given = TransactionRules.onAnswer(phase, invite, status);
                boolean another2xx = invite && first >= 200 && first < 300 && status >= 200 && status < 300;
                assertThat(given.sent()).isEqualTo(first == 0 || another2xx);
                first = first == 0 && status >= 200 ? status : first;
                phase = given.next();
            }
        }
    }

    @Example
    void server_repeatsARefusal_untilItIsAcknowledged_for32SecondsAtMost() {
        List<Integer> moments = new ArrayList<>();
        int waited = TransactionRules.T1;
        int elapsed = waited;
        Turn turn = TransactionRules.onServerTimer(ServerPhase.COMPLETED, waited, elapsed);
        while (!turn.over()) {
            moments.add(elapsed);
            waited = turn.nextMillis();
            elapsed += waited;
            turn = TransactionRules.onServerTimer(ServerPhase.COMPLETED, waited, elapsed);
        }
        assertThat(moments).containsExactly(500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500);
        assertThat(elapsed).isEqualTo(32_000);
        assertThat(TransactionRules.onServerTimer(ServerPhase.CONFIRMED, 500, 500))
                .isEqualTo(new Turn(false, false, 0));
    }
}
