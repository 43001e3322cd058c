package io.tandemsip.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.SipDestination;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class B2buaTest {
    private final HaRouter router = Tandem.builder()
            .pool("media", pool -> pool.node("fs1", "sip:127.0.0.11:5080").node("fs2", "sip:127.0.0.12:5080"))
            .strategy(NearFirst.strategy())
            .probe((node, timeout) -> new CompletableFuture<ProbeResult>())
            .build()
            .start();
    private final ScriptedCall call = new ScriptedCall();

    @AfterEach
    void close() {
        router.close();
    }

    /** Writes down what the B2BUA does. */
    private static final class ScriptedCall implements B2bua.IncomingCall {
        final List<SipDestination> dialled = new ArrayList<>();
        final List<Integer> rejections = new ArrayList<>();
        B2bua.LegListener listener;

        @Override
        public void dial(SipDestination destination, B2bua.LegListener leg) {
            dialled.add(destination);
            listener = leg;
        }

        @Override
        public void reject(int status, Duration retryAfter) {
            rejections.add(status);
        }

        @Override
        public String callId() {
            return "1@test";
        }

        @Override
        public String fromTag() {
            return "f";
        }
    }

    @Test
    void call_whenANodeFails_isTriedAtTheNext() {
        new B2bua(router).onInvite(call);
        call.listener.unreachable(new ConnectException("refused"));
        call.listener.ringing(180, "t");
        call.listener.answered("t");
        assertThat(call.dialled).hasSize(2).doesNotHaveDuplicates();
        assertThat(call.rejections).isEmpty();
        call.listener.hungUp();
    }

    @Test
    void call_whenAllNodesFail_isRejected() {
        new B2bua(router).onInvite(call);
        call.listener.rejected(503);
        call.listener.rejected(503);
        assertThat(call.dialled).hasSize(2).doesNotHaveDuplicates();
        assertThat(call.rejections).hasSize(1);
    }

    @Test
    void call_whenTheUserIsBusy_isNotTriedAgain() {
        new B2bua(router).onInvite(call);
        call.listener.rejected(486);
        assertThat(call.dialled).hasSize(1);
        assertThat(call.rejections).containsExactly(486);
    }
}
