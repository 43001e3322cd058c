package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.event.HaEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sip.Timeout;
import javax.sip.message.Request;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The listener around a host's, under whatever its peers may do: late, twice, in any order, from several threads. */
class ListenerAroundPropertiesTest {
    private static final int CALLS = 2;
    private static final int[] STATUSES = {100, 180, 183, 200, 200, 404, 486, 487, 500, 503};
    private static final int[] AFTER_BYE = {200, 481, 408, 100};

    /** One thing that may happen. */
    private static void step(WatchedHost host, int number) throws Exception {
        int call = number / 16 % CALLS;
        if (number % 11 == 0) {
            host.willBreakBy(number % 2 == 0 ? new IllegalStateException("host's") : new AssertionError("host's"));
        }
        int kind = host.sent.isEmpty() ? 0 : number % 16;
        if (kind < 2) {
            host.arrives(WatchedHost.received(call, "INVITE", 1, ""));
        } else if (kind == 2) {
            host.waits(Duration.ofMillis(number % 3 == 0 ? 1_500 : 10));
        } else if (kind == 3 && number % 64 == 3) {
            host.arrives(WatchedHost.received(call, "CANCEL", 1, ""));
        } else if (kind == 4) {
            host.stray();
        } else if (kind == 5) {
            settles(host, number);
        } else {
            about(host, kind, host.sent.get(number / 32 % host.sent.size()), number);
        }
    }

    private static void settles(WatchedHost host, int number) throws Exception {
        if (number % 64 == 5) {
            host.settles();
        }
    }

    private static void about(WatchedHost host, int kind, WatchedHost.Sent each, int number) throws Exception {
        switch (kind) {
            case 6 -> host.timesOut(each, number % 3 == 0 ? Timeout.TRANSACTION : Timeout.RETRANSMIT);
            case 7 -> host.breaks(each);
            case 8 -> host.terminates(each);
            case 9 -> {
                if (number % 32 == 9) {
                    host.dialogOver(each);
                }
            }
            case 10 -> {
                if (number % 32 == 10) {
                    host.byeIsAnswered(each.call(), each.tag(), AFTER_BYE[number / 64 % AFTER_BYE.length]);
                }
            }
            case 11, 12 -> assertReachesItsOwner(host, each, number);
            default -> host.isAnswered(each, STATUSES[number / 64 % STATUSES.length]);
        }
    }

    /** As long as nothing ended the call: with the cookie always, without it if the node's answer was the call's and is known. */
    private static void assertReachesItsOwner(WatchedHost host, WatchedHost.Sent each, int number) throws Exception {
        boolean withCookie = number % 2 == 0;
        if (!withCookie) {
            host.settles();
        }
        boolean isOwners = withCookie || each.attempt().state() == CallAttempt.State.ANSWERED;
        if (!host.answered.contains(each.call() + " " + each.tag()) || !isOwners) {
            return;
        }
        SipWay way = host.within(each, number % 3 == 0 ? "INFO" : "UPDATE", 100 + number, withCookie);
        if (!host.shaken.contains(each.call())) {
            assertThat(way).as("D2: later requests reach the owner").isInstanceOf(NodeWay.class);
            assertThat(((NodeWay) way).node().id()).isEqualTo(each.node());
        }
    }

    /** What is left comes to its end: callers give up or branches are refused, and each dialog is hung up, twice. */
    private static void end(WatchedHost host, boolean byCancel) throws Exception {
        for (int call : host.begun) {
            if (byCancel) {
                host.arrives(WatchedHost.received(call, "CANCEL", 1, ""));
            }
        }
        for (WatchedHost.Sent each : List.copyOf(host.sent)) {
            host.isAnswered(each, 487);
        }
        for (String dialog : host.answered) {
            int space = dialog.indexOf(' ');
            int call = Integer.parseInt(dialog.substring(0, space));
            host.byeIsAnswered(call, dialog.substring(space + 1), 200);
            host.byeIsAnswered(call, dialog.substring(space + 1), 200);
        }
        host.settles();
    }

    private static void assertNothingIsLeft(WatchedHost host) {
        assertThat(host.callsHeld()).as("D6: ended is ended").isZero();
        assertThat(host.sent)
                .allSatisfy(each -> assertThat(each.attempt().state())
                        .isIn(CallAttempt.State.FAILED, CallAttempt.State.ABANDONED, CallAttempt.State.ENDED));
        assertThat(host.broke).isEmpty();
        host.waits(Duration.ofMinutes(6));
        assertThat(host.events).noneMatch(event -> event instanceof HaEvent.AttemptForgotten);
    }

    /**
     * Each event reaches the host as it is and once, what the host throws comes back, later requests reach their owner, and
     * in the end no place is held. Fails when an event is read after the host, dropped because the host threw, told of
     * another branch than its own, or judged again after the call went on.
     */
    @Property(tries = 60)
    void p3_p4_d2_d6_eachAttemptEndsOnce(
            @ForAll @Size(max = 40) List<@IntRange(max = 100_000) Integer> steps,
            @ForAll boolean goesOn,
            @ForAll boolean byCancel)
            throws Exception {
        try (WatchedHost host = new WatchedHost(goesOn)) {
            for (int number : steps) {
                step(host, number);
                if (host.callsHeld() > CALLS) {
                    host.settles(); // what overtook its answer is a call of its own until that is dealt with
                }
                assertThat(host.callsHeld()).as("P4: a call, a place").isBetween(0, CALLS + host.lateDialogs());
            }
            end(host, byCancel);
            assertNothingIsLeft(host);
            Set<Integer> sent = host.sent.stream().map(WatchedHost.Sent::call).collect(Collectors.toSet());
            assertThat(host.placed())
                    .as("one call, however often it is repeated")
                    .isEqualTo(sent.size());
            assertThat(host.begun)
                    .as("each is placed, or the router has no node for it")
                    .allMatch(call -> sent.contains(call) || host.refused.contains(call));
        }
    }

    /**
     * From three threads at once, as re-entrant stacks do. Fails when two of them are given the next node for one failure,
     * or when one learns of an answer that another's news overtook.
     */
    @Property(tries = 40)
    void p3_p4_d2_d6_fromSeveralThreads(
            @ForAll @Size(min = 6, max = 40) List<@IntRange(max = 100_000) Integer> steps, @ForAll boolean goesOn)
            throws Exception {
        try (WatchedHost host = new WatchedHost(goesOn)) {
            ConcurrentLinkedQueue<Integer> left = new ConcurrentLinkedQueue<>(steps);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                running.add(THREADS.submit(() -> {
                    for (Integer next = left.poll(); next != null; next = left.poll()) {
                        step(host, next);
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get(30, TimeUnit.SECONDS);
            }
            end(host, true);
            assertNothingIsLeft(host);
        }
    }

    private static void atOnce(List<Callable<Void>> events) throws Exception {
        CyclicBarrier all = new CyclicBarrier(events.size());
        List<Future<Void>> running = new ArrayList<>();
        for (Callable<Void> each : events) {
            running.add(THREADS.submit(() -> {
                all.await(30, TimeUnit.SECONDS);
                return each.call();
            }));
        }
        for (Future<Void> each : running) {
            each.get(30, TimeUnit.SECONDS);
        }
    }

    private static Map<String, List<WatchedHost.Sent>> byUpstreamBranch(WatchedHost host) {
        return host.sent.stream()
                .collect(Collectors.groupingBy(
                        each -> RequestKey.sent(each.request()).upstream()));
    }

    /**
     * Copies of one INVITE by three threads at once: those of one branch are one request, placed once and, when its node fails it by
     * each copy at once, once more; one of another branch (a merged request, RFC 3261 section 8.2.2.2, which is for the node to
     * refuse) is a request of its own. Fails when a copy that came meanwhile is placed again, when a lost race keeps its
     * place, or when each copy's failure is given a node.
     */
    @Property(tries = 60, generation = GenerationMode.RANDOMIZED)
    void p3_p4_copiesThatComeAtOnce_areOneRequest(@ForAll boolean merged, @ForAll boolean goesOn) throws Exception {
        try (WatchedHost host = new WatchedHost(goesOn)) {
            List<Callable<Void>> copies = new ArrayList<>();
            for (String branch : List.of("z9hG4bKin1", "z9hG4bKin1", merged ? "z9hG4bKother" : "z9hG4bKin1")) {
                Request copy = WatchedHost.received(0, "INVITE", 1, "", branch);
                copies.add(() -> {
                    host.arrives(copy);
                    return null;
                });
            }
            atOnce(copies);
            int requests = merged ? 2 : 1;
            Map<String, List<WatchedHost.Sent>> sent = byUpstreamBranch(host);
            assertThat(sent).hasSize(requests);
            sent.values()
                    .forEach(each -> assertThat(each)
                            .extracting(WatchedHost.Sent::attempt)
                            .as("one request, one attempt")
                            .containsOnly(each.get(0).attempt()));
            assertThat(host.callsHeld()).as("P4: a request, a place").isEqualTo(requests);

            List<Callable<Void>> refusals = new ArrayList<>();
            for (WatchedHost.Sent each : List.copyOf(host.sent)) {
                refusals.add(() -> {
                    host.isAnswered(each, 503);
                    return null;
                });
            }
            atOnce(refusals);
            assertThat(host.sent).as("who goes on").hasSize(refusals.size() + (goesOn ? requests : 0));
            end(host, false);
            assertNothingIsLeft(host);
        }
    }

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(3, task -> {
        Thread thread = new Thread(task, "host-events");
        thread.setDaemon(true);
        return thread;
    });
}
