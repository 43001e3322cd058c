package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sip.PeerUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ObserverTest {
    private final BlockingQueue<String> over = new LinkedBlockingQueue<>();
    private final ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.11:5080")) {
        @Override
        public CompletionStage<Void> ended(DialogId dialog, DialogEnd how) {
            over.add(dialog.callId());
            return written;
        }
    };

    private Observer observer(Duration idle) throws PeerUnavailableException {
        OwnAddresses own = new OwnAddresses(Set.of());
        OpenRequests open = new OpenRequests();
        DoorMessages messages = new DoorMessages(own);
        DoorAnswers answers = new DoorAnswers(router, open, messages, System::nanoTime);
        DoorRequests requests =
                new DoorRequests(router, open, messages, answers, own, (request, call) -> call, System::nanoTime);
        return new Observer(answers, requests, new Mishaps(), idle);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static void awaitNoThread(Observer observer) {
        await(() -> !observer.isRunning());
    }

    /** Fails when the thread stays though nothing passes, or when what comes after it ended waits for ever. */
    @Test
    void theThread_endsWhenNothingPasses_andIsThereAgainWhenSomethingDoes() throws Exception {
        try (Observer observer = observer(Duration.ofMillis(1))) {
            assertThat(observer.isRunning()).isFalse();
            for (String call : List.of("first", "second", "third")) {
                observer.over(new DialogId(call, "a", "b"));
                assertThat(over.poll(10, TimeUnit.SECONDS)).isEqualTo(call);
                awaitNoThread(observer);
            }
        }
    }

    /** Fails when the thread sleeps on while something waits. */
    @Test
    void theThread_isWokenWhenItSleeps() throws Exception {
        try (Observer observer = observer(Duration.ofHours(1))) {
            for (String call : List.of("first", "second")) {
                observer.over(new DialogId(call, "a", "b"));
                assertThat(over.poll(10, TimeUnit.SECONDS)).isEqualTo(call);
                await(observer::isAsleep);
            }
        }
    }

    /** Fails when something is lost or overtaken. */
    @Test
    void whatPasses_isDealtWithOnceAndInOrder() throws Exception {
        try (Observer observer = observer(Duration.ofNanos(1))) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                observer.over(new DialogId("call-" + i, "a", "b"));
                expected.add("call-" + i);
                LockSupport.parkNanos(i % 3 == 0 ? 500_000 : 1);
            }
            List<String> got = new ArrayList<>();
            while (got.size() < expected.size()) {
                String next = over.poll(10, TimeUnit.SECONDS);
                assertThat(next).as("after " + got.size()).isNotNull();
                got.add(next);
            }
            assertThat(got).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void close_endsTheThread() throws Exception {
        Observer observer = observer(Duration.ofHours(1));
        observer.over(new DialogId("call", "a", "b"));
        assertThat(over.poll(10, TimeUnit.SECONDS)).isEqualTo("call");
        observer.close();
        observer.over(new DialogId("later", "a", "b"));
        awaitNoThread(observer);
        assertThat(over).isEmpty();
    }
}
