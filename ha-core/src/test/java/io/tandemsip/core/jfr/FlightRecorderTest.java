package io.tandemsip.core.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.selection.SelectionStrategy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real recordings, read back. */
@Timeout(60)
class FlightRecorderTest {
    @TempDir
    Path folder;

    private static HaRouter router(SelectionStrategy strategy) {
        return Tandem.builder()
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062"))
                .probe((node, timeout) -> new CompletableFuture<ProbeResult>())
                .strategy(strategy)
                .executor(Runnable::run)
                .build()
                .start();
    }

    private static SelectionStrategy slowFor(String callId) {
        return SelectionStrategy.of((call, nodes) -> {
            if (call.callId().equals(callId)) {
                long until = System.nanoTime() + 20_000_000;
                while (System.nanoTime() < until) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
            return Optional.of(nodes.get(0));
        });
    }

    private List<RecordedEvent> read(Recording recording, String name) throws Exception {
        recording.stop();
        Path file = folder.resolve("recorded.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    /** Fails when the event is not begun before the strategy is asked. */
    @Test
    void slowDecision_isRecordedWithItsCallAndNode() throws Exception {
        try (HaRouter router = router(slowFor("slow"));
                Recording recording = new Recording()) {
            recording.enable("io.tandemsip.Placement").withThreshold(Duration.ofMillis(10));
            recording.start();
            while (!router.explain(CallRequest.invite("other", "t")).decidedBy().equals("function")) {
                Thread.onSpinWait();
            }
            router.place(CallRequest.invite("slow", "t"));
            RecordedEvent event = read(recording, "io.tandemsip.Placement").stream()
                    .filter(each -> each.getString("callId").equals("slow"))
                    .findFirst()
                    .orElseThrow();
            assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
            assertThat(event.getString("outcome")).isEqualTo("n1");
        }
    }

    @Test
    void adminChange_isRecordedAsATransition() throws Exception {
        try (HaRouter router = router(slowFor(""));
                Recording recording = new Recording()) {
            recording.enable("io.tandemsip.Transition");
            recording.start();
            router.takeOut("n2", "on purpose").toCompletableFuture().get(5, TimeUnit.SECONDS);
            assertThat(read(recording, "io.tandemsip.Transition")).anySatisfy(event -> {
                assertThat(event.getString("axis")).isEqualTo("admin");
                assertThat(event.getString("node")).isEqualTo("n2");
                assertThat(event.getString("from")).isEqualTo("IN_SERVICE");
                assertThat(event.getString("to")).isEqualTo("OUT_OF_SERVICE");
                assertThat(event.getString("cause")).contains("on purpose");
            });
        }
    }
}
