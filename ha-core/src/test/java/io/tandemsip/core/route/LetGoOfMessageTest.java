package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.selection.HashKey;
import io.tandemsip.selection.SelectionStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * S2: a call holds its host's message while a node may have to be chosen for it, and no longer: a header function refers to all of it.
 * Fails when {@code Attempt.letGoOfMessage} does nothing.
 */
class LetGoOfMessageTest {
    private final SimulatedRouter sim = SimulatedRouter.of(2);

    private CallAttempt placed(String callId) {
        CallAttempt attempt = SimulatedRouter.placed(sim.router.place(CallRequest.builder(callId, "a")
                .headers(name -> Optional.of("of the message"))
                .build()));
        attempt.sent();
        return attempt;
    }

    private static boolean holdsMessage(CallAttempt attempt) {
        return ((Attempt) attempt).call().header("From").isPresent();
    }

    @Test
    void whileItRings_theMessageIsThere() {
        CallAttempt attempt = placed("c");
        attempt.progressed(180, "b");
        assertThat(holdsMessage(attempt)).isTrue();
    }

    @Test
    void answered_thereIsNoMessage_andAllElseIs() {
        CallAttempt attempt = placed("c");
        attempt.answered("b");
        assertThat(holdsMessage(attempt)).isFalse();
        assertThat(((Attempt) attempt).callId()).isEqualTo("c");
        assertThat(attempt.explanation().chosen()).contains(attempt.node().id());
    }

    @Test
    void givenUpByItsCaller_thereIsNoMessage() {
        CallAttempt attempt = placed("c");
        attempt.abandoned();
        assertThat(holdsMessage(attempt)).isFalse();
    }

    @Test
    void forgotten_thereIsNoMessage() {
        CallAttempt attempt = placed("c");
        assertThat(((Attempt) attempt).end(DialogEnd.EXPIRED)).isTrue();
        assertThat(holdsMessage(attempt)).isFalse();
    }

    /** The next node is chosen by the headers too. */
    @Test
    void failed_theNextAttemptHasTheMessage_untilItIsAnswered() {
        CallAttempt first = placed("c");
        CallAttempt second = SimulatedRouter.placed(first.failed(Failure.response(500, Duration.ZERO)));
        assertThat(holdsMessage(first)).isFalse();
        assertThat(holdsMessage(second)).isTrue();
        second.sent();
        second.answered("b");
        assertThat(holdsMessage(second)).isFalse();
    }

    @Test
    void failedForGood_thereIsNoMessage() {
        CallAttempt first = placed("c");
        CallAttempt second = SimulatedRouter.placed(first.failed(Failure.response(500, Duration.ZERO)));
        second.sent();
        Placement none = second.failed(Failure.response(500, Duration.ZERO));
        assertThat(none).isInstanceOf(Placement.Refused.class);
        assertThat(holdsMessage(second)).isFalse();
    }

    /** What a shadow strategy hashes is there also if the call is answered before the shadow decides. */
    @Test
    void answeredBeforeTheShadowDecides_theShadowSeesTheMessage() {
        List<String> seen = new ArrayList<>();
        SelectionStrategy shadow = (nodes, random) -> (call, free, chance) -> {
            seen.add(HashKey.header("X").of(call));
            return 0;
        };
        SimulatedRouter simulated = new SimulatedRouter(
                7, builder -> builder.shadow(shadow).pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061")));
        CallAttempt attempt = SimulatedRouter.placed(simulated.router.place(CallRequest.builder("c", "a")
                .headers(name -> Optional.of("of the message"))
                .build()));
        attempt.sent();
        attempt.answered("b");
        simulated.advance(Duration.ofMillis(50));
        assertThat(seen).containsExactly("of the message");
    }
}
