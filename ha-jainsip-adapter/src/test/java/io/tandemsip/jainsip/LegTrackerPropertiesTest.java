package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The tracker under whatever a host and its peers may do: late, twice, in any order, from several threads. */
class LegTrackerPropertiesTest {
    private static final int[] STATUSES = {100, 180, 183, 200, 200, 200, 404, 407, 486, 487, 500, 503};
    private static final int[] WITHIN = {200, 408, 407, 481, 491, 500};
    private static final String[] TAGS = {"one", "two", "three"};
    private static final String[] METHODS = {"BYE", "INVITE", "UPDATE", "PRACK", "INFO", "NOTIFY", "REFER"};

    /** One thing that may happen. */
    private static void step(LegHost host, int number) throws Exception {
        String tag = TAGS[number / 16 % TAGS.length];
        String method = METHODS[number / 48 % METHODS.length];
        int kind = host.dialled.isEmpty() ? number % 4 : number % 16;
        switch (kind) {
            case 0 -> host.invited();
            case 1, 2 -> host.dials();
            case 3 -> {
                if (number % 64 == 3) {
                    host.cancelled();
                }
            }
            case 4 -> {
                if (number % 64 == 4) {
                    host.callerSends(method);
                }
            }
            case 5 -> host.nodeSends(method, tag, number % 3 == 0 ? "Session-Expires: 90\r\n" : "");
            case 6 -> host.nodeAnswers(method, tag, WITHIN[number / 336 % WITHIN.length], "");
            case 7 -> host.timedOut(number / 16 % host.dialled.size());
            case 8 -> host.dialogOver(LegHost.LEG, LegHost.LEG_TAG, tag);
            case 9 -> host.somethingElse();
            default ->
                host.nodeAnswers(
                        number / 48 % host.dialled.size(),
                        STATUSES[number / 192 % STATUSES.length],
                        tag,
                        number % 5 == 0 ? "1800" : "");
        }
    }

    /** As a host that forgets: everybody hangs up, and nobody says more. */
    private static void end(LegHost host) throws Exception {
        host.callerSends("BYE");
    }

    private static void assertEachEndedOnce(LegHost host) {
        assertThat(host.ended.all())
                .allSatisfy(each -> assertThat(each.ends.get()).as("%s", each).isEqualTo(1))
                .allSatisfy(
                        each -> assertThat(each.answers.get()).as("%s", each).isLessThanOrEqualTo(1));
        assertThat(host.ended.all().stream().map(each -> each.attempt.node().id()))
                .as("P3: never twice")
                .doesNotHaveDuplicates();
        assertThat(host.tracker.isEmpty()).as("D6: nothing is kept").isTrue();
    }

    /**
     * With the real router, in virtual time. Fails when an event of a leg that is over ends its attempt again, when a second
     * fork's answer is told, when a host that forgets is not found, or when a name is kept after the end.
     */
    @Property(tries = 400)
    void p3_p4_d6_eachAttemptEndsOnceAndGivesItsPlaceBack(
            @ForAll @Size(max = 60) List<@IntRange(max = 100_000) Integer> steps) throws Exception {
        ManualLoop loop = new ManualLoop(1_000_000_000L);
        List<HaEvent> events = new ArrayList<>();
        try (HaRouter router = Tandem.builder()
                .pool(
                        "media",
                        pool -> pool.node("fs1", "sip:127.0.0.11:5080")
                                .node("fs2", "sip:127.0.0.12:5080")
                                .node("fs3", "sip:127.0.0.13:5080"))
                .simulated(loop, () -> Instant.ofEpochSecond(0, loop.nanoTime()), new SplittableRandom(1))
                .executor(Runnable::run)
                .probe((node, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .listener(events::add)
                .build()
                .start()) {
            loop.advance(Duration.ofMillis(50).toNanos());
            LegHost host = new LegHost(router, loop::nanoTime);
            for (int number : steps) {
                step(host, number);
                loop.advance(Duration.ofMillis(number % 7 == 0 ? 1_500 : 10).toNanos());
                assertThat(callsHeld(router)).as("P4: one call, one place").isBetween(0, 1);
            }
            end(host);
            for (int i = 0; i < 10; i++) {
                loop.advance(Duration.ofSeconds(41).toNanos());
                host.somethingElse();
            }
            assertEachEndedOnce(host);
            assertThat(callsHeld(router)).as("P4: given back").isZero();
            assertThat(events).noneMatch(event -> event instanceof HaEvent.AttemptForgotten);
        }
    }

    private static int callsHeld(HaRouter router) {
        return router.view().nodes().stream().mapToInt(NodeSnapshot::calls).sum();
    }

    /**
     * From three threads at once. Fails when a leg's status is changed without its lock, or when an attempt is told of its
     * end by one thread before another tells it of its answer.
     */
    @Property(tries = 300)
    void p3_p4_d6_fromSeveralThreads(@ForAll @Size(min = 6, max = 40) List<@IntRange(max = 100_000) Integer> steps)
            throws Exception {
        AtomicLong now = new AtomicLong(1_000_000_000L);
        ScriptedRouter router = new ScriptedRouter(
                Node.of("fs1", "sip:127.0.0.11:5080"),
                Node.of("fs2", "sip:127.0.0.12:5080"),
                Node.of("fs3", "sip:127.0.0.13:5080"));
        LegHost host = new LegHost(router, now::get);
        host.invited();
        host.dials();
        ConcurrentLinkedQueue<Integer> left = new ConcurrentLinkedQueue<>(steps);
        ExecutorService threads = THREADS;
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            running.add(threads.submit(() -> {
                for (Integer next = left.poll(); next != null; next = left.poll()) {
                    step(host, next);
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get(10, TimeUnit.SECONDS);
        }
        end(host);
        for (int i = 0; i < 10; i++) {
            now.addAndGet(TimeUnit.SECONDS.toNanos(41));
            host.somethingElse();
        }
        assertEachEndedOnce(host);
        assertThat(router.attempts).allMatch(each -> isEnd(each.state()));
    }

    private static boolean isEnd(io.tandemsip.CallAttempt.State state) {
        return switch (state) {
            case TRYING, PROGRESSED, ANSWERED -> false;
            case FAILED, ABANDONED, ENDED, FORGOTTEN -> true;
        };
    }

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(3, task -> {
        Thread thread = new Thread(task, "leg-events");
        thread.setDaemon(true);
        return thread;
    });
}
