package io.tandemsip.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.SipDestination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackToBackTest {
    private final HaRouter router = Tandem.builder()
            .pool("media", pool -> pool.node("fs1", "sip:127.0.0.1:5081").node("fs2", "sip:127.0.0.1:5082"))
            .strategy(OwnStrategy.nearAndFree())
            .probe((node, timeout) ->
                    CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
            .build()
            .start();

    @AfterEach
    void closeRouter() {
        router.close();
    }

    /** Fails when the leg's failure is not told to the attempt, or what it answers is not dialled. */
    @Test
    void call_whenANodeAnswers503_isDialledAtTheOtherOne() {
        Caller caller = new Caller();
        new BackToBack(router).onInvite(caller);
        caller.legs.get(0).rejected(503);
        assertThat(caller.dialled).hasSize(2).doesNotHaveDuplicates();
        assertThat(caller.rejected).isEmpty();
    }

    /** Fails when a refusal is not handed to the caller. */
    @Test
    void call_whenNoNodeIsLeft_isRejected() {
        Caller caller = new Caller();
        new BackToBack(router).onInvite(caller);
        caller.legs.get(0).unreachable(new java.net.ConnectException("nobody there"));
        caller.legs.get(1).rejected(503);
        assertThat(caller.dialled).hasSize(2);
        assertThat(caller.rejected).hasSize(1);
    }

    private static final class Caller implements IncomingCall {
        final List<SipDestination> dialled = new ArrayList<>();
        final List<LegListener> legs = new ArrayList<>();
        final List<Integer> rejected = new ArrayList<>();

        @Override
        public String callId() {
            return "call-1";
        }

        @Override
        public String fromTag() {
            return "caller";
        }

        @Override
        public void dial(SipDestination destination, LegListener listener) {
            dialled.add(destination);
            legs.add(listener);
        }

        @Override
        public void reject(int statusCode, Duration retryAfter) {
            rejected.add(statusCode);
        }
    }
}
