package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import javax.sip.ResponseEvent;
import javax.sip.SipException;
import javax.sip.header.ToHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The door and the real router, in virtual time, under whatever a host and its peers may do: late, twice, in any order. */
class SipDoorPropertiesTest {
    private static final int[] STATUSES = {100, 180, 183, 200, 404, 486, 487, 500, 503};

    /** A host with one call. Confined to one thread. */
    private static final class Host {
        final ManualLoop loop = new ManualLoop(1_000_000_000L);
        final List<HaEvent> events = new ArrayList<>();
        final List<Request> sent = new ArrayList<>();
        final List<CallAttempt> sentBy = new ArrayList<>();
        final List<NodeId> visited = new ArrayList<>();
        final Set<String> answeredTags = new LinkedHashSet<>();
        final HaRouter router;
        final SipDoor door;

        Host() {
            router = Tandem.builder()
                    .pool(
                            "media",
                            pool -> pool.node("fs1", "sip:127.0.0.11:5080")
                                    .node("fs2", "sip:127.0.0.12:5080")
                                    .node("fs3", "sip:127.0.0.13:5080"))
                    .simulated(loop, () -> Instant.ofEpochSecond(0, loop.nanoTime()), new SplittableRandom(1))
                    .executor(Runnable::run)
                    .probe((node, timeout) -> CompletableFuture.completedFuture(
                            new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                    .listener(events::add)
                    .build()
                    .start();
            loop.advance(Duration.ofMillis(50).toNanos());
            door = SipDoor.builder(router)
                    .address("127.0.0.1", 5060)
                    .nanoTime(loop::nanoTime)
                    .build();
        }

        static Request received(String method, int cseq, String toTag) throws Exception {
            return Messages.MESSAGES.createRequest(method + " sip:b@example.org SIP/2.0\r\n"
                    + "Via: SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bKin" + cseq + "\r\n"
                    + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>" + toTag
                    + "\r\nCall-ID: call-1\r\nCSeq: " + cseq + ' ' + method + "\r\nContent-Length: 0\r\n\r\n");
        }

        /** As hosts forward: a retransmission is a new copy by a new branch, so a node may be asked again, but not moved to. */
        void forward(SipWay way, boolean isNext) throws Exception {
            if (way instanceof NodeWay node) {
                if (isNext) {
                    assertThat(visited)
                            .as("P3: never twice")
                            .doesNotContain(node.node().id());
                }
                visited.add(node.node().id());
                Request copy = received("INVITE", 1, "");
                copy.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", 5060, "UDP", "z9hG4bKout" + sent.size()));
                way.prepare(copy);
                sent.add(copy);
                sentBy.add(node.attempt().orElseThrow());
            }
        }

        ResponseEvent answer(Request to, int status) throws Exception {
            Response response = Messages.MESSAGES.createResponse(status, to);
            ToHeader header = (ToHeader) response.getHeader(ToHeader.NAME);
            if (header.getTag() == null && status > 100) {
                header.setTag('t' + RequestKey.sent(to).branch());
            }
            if (status == 200) {
                answeredTags.add(header.getTag());
            }
            return new ResponseEvent(SipDoorPropertiesTest.class, null, null, response);
        }

        /** One thing that may happen. */
        void step(int number) throws Exception {
            int kind = number % 16;
            if (sent.isEmpty() || kind == 0) {
                forward(door.route(received("INVITE", 1, "")), false);
                assertThat(sent).isNotEmpty();
            } else if (kind == 1) {
                door.route(received("CANCEL", 1, ""));
            } else if (kind == 2) {
                loop.advance(Duration.ofMillis(200).toNanos());
            } else {
                hear(kind, number / 16 % sent.size(), STATUSES[number / 64 % STATUSES.length]);
            }
        }

        /** What comes back by one branch is no news of another attempt. */
        private void hear(int kind, int index, int status) throws Exception {
            Request to = sent.get(index);
            CallAttempt latest = sentBy.get(sentBy.size() - 1);
            CallAttempt.State before = latest.state();
            boolean isOthers = sentBy.get(index) != latest;
            if (kind < 8) {
                door.outcome(answer(to, status));
            } else {
                forward(kind == 8 ? door.next(to, new SipException("refused")) : door.next(answer(to, status)), true);
            }
            if (isOthers) {
                assertThat(latest.state()).isEqualTo(before);
            }
        }

        /** What is left comes to its end: the caller gives up or each branch is refused, and each dialog is hung up. */
        void end(boolean byCancel) throws Exception {
            if (byCancel) {
                door.route(received("CANCEL", 1, ""));
            } else {
                for (Request each : List.copyOf(sent)) {
                    door.outcome(answer(each, 487));
                }
            }
            int cseq = 2;
            for (String tag : answeredTags) {
                Request bye = received("BYE", cseq++, ";tag=" + tag);
                SipWay way = door.route(bye);
                bye.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", 5060, "UDP", "z9hG4bKbye" + cseq));
                way.prepare(bye);
                door.outcome(answer(bye, 200));
                door.outcome(answer(bye, 200));
            }
        }

        int callsHeld() {
            return router.view().nodes().stream().mapToInt(NodeSnapshot::calls).sum();
        }
    }

    /**
     * Whatever comes in whichever order: no node is moved to twice, and in the end nothing is held and nothing was
     * forgotten. Fails when an attempt that was moved away from is judged again, when a failure that is told twice finds
     * two nodes, when branches are not told apart, when a CANCEL or a refusal is not told, or when a BYE ends no dialog.
     */
    @Property
    void p3_p4_d6_eachAttemptEndsOnce(
            @ForAll @Size(max = 40) List<@IntRange(max = 10_000) Integer> steps, @ForAll boolean byCancel)
            throws Exception {
        Host host = new Host();
        try (HaRouter router = host.router) {
            for (int step : steps) {
                host.step(step);
                assertThat(host.callsHeld()).as("P4: one call, one place").isBetween(0, 1);
            }
            host.end(byCancel);
            assertThat(host.callsHeld()).as("D6: ended is ended").isZero();
            host.loop.advance(Duration.ofMinutes(6).toNanos());
            assertThat(host.events).noneMatch(event -> event instanceof HaEvent.AttemptForgotten);
            assertThat(router.statistics().placed())
                    .as("one call, however often it is repeated")
                    .isEqualTo(steps.isEmpty() ? 0 : 1);
        }
    }
}
