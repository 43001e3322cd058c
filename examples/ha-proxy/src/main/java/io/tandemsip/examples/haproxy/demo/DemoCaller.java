package io.tandemsip.examples.haproxy.demo;

import io.tandemsip.examples.haproxy.demo.CallerCall.Peer;
import io.tandemsip.examples.haproxy.demo.CallerCall.Phase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Places calls at a steady rate: INVITE, ACK, INFO halfway, BYE after one to three seconds, all along the route set and
 * repeated as UDP asks for. Thread-safe.
 */
public final class DemoCaller implements AutoCloseable {
    private static final long T1_MILLIS = 500;
    private static final long T2_MILLIS = 4000;
    private static final long PATIENCE_MILLIS = 8000;
    private static final long SHORTEST_MILLIS = 1000;
    private static final long LONGEST_MILLIS = 3000;
    private static final long SLOW_MILLIS = 500;

    private final Map<String, CallerCall> calls = new ConcurrentHashMap<>();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicLong placed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong slow = new AtomicLong();
    private final AtomicLong slowestMillis = new AtomicLong();
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    private final Predicate<String> isDead;
    private final Consumer<String> failures;
    private final SocketAddress proxy;
    private final UdpPort socket;
    private final UacMessages messages;
    private volatile boolean placing = true;

    /**
     * Which node answered a call, and when the call was placed. Immutable.
     *
     * @param node the node's name
     * @param sentNanos when the INVITE was sent first
     */
    record Answer(String node, long sentNanos) {}

    /**
     * A caller that places nothing yet.
     *
     * @param proxyPort where calls go
     * @param timer runs its timers
     * @param nanoTime the demo's clock
     * @param isDead whether a node's life, by the name in its Contact, has ended
     * @param failures is told of each call that failed: which, placed when, at which node, and why; on threads of the caller's
     */
    public DemoCaller(
            int proxyPort,
            ScheduledExecutorService timer,
            LongSupplier nanoTime,
            Predicate<String> isDead,
            Consumer<String> failures)
            throws SocketException {
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.isDead = isDead;
        this.failures = failures;
        this.proxy = new InetSocketAddress(InetAddress.getLoopbackAddress(), proxyPort);
        this.socket = UdpPort.open("demo-caller", 0, (message, from) -> receive(message));
        this.messages = new UacMessages(socket.port(), proxyPort);
    }

    /** Begins to place calls. */
    public void start(int callsPerSecond) {
        long everyMicros = TimeUnit.SECONDS.toMicros(1) / callsPerSecond;
        ScheduledFuture<?> unused = timer.scheduleAtFixedRate(this::place, 0, everyMicros, TimeUnit.MICROSECONDS);
    }

    /** Places no more; those that are up end as they would have. */
    public void stopPlacing() {
        placing = false;
    }

    /** Tells of those that are up as of failures: they should have ended by now. */
    public void tellUnended() {
        calls.values().forEach(call -> {
            synchronized (call) {
                tell(call, "has not ended");
            }
        });
    }

    /** What it has seen until now. */
    public CallerCounts counts() {
        return new CallerCounts(placed.get(), calls.size(), failed.get(), lost.get(), slow.get(), slowestMillis.get());
    }

    /** How many calls that were placed within a span of time were answered by a node. */
    long answeredBy(String node, long fromNanos, long untilNanos) {
        return answers.stream()
                .filter(each -> each.node().equals(node))
                .filter(each -> each.sentNanos() - fromNanos > 0 && each.sentNanos() - untilNanos < 0)
                .count();
    }

    private void place() {
        if (!placing) {
            return;
        }
        CallerCall call = new CallerCall(placed.incrementAndGet() + "@demo", nanoTime.getAsLong());
        calls.put(call.id(), call);
        repeatInvite(call, messages.invite(call), T1_MILLIS);
        after(PATIENCE_MILLIS, () -> giveUp(call));
    }

    private void repeatInvite(CallerCall call, SipMessage invite, long againMillis) {
        synchronized (call) {
            if (call.phase() == Phase.SETTING_UP && !call.hasProgressed()) {
                socket.send(invite, proxy);
                after(againMillis, () -> repeatInvite(call, invite, 2 * againMillis));
            }
        }
    }

    private void giveUp(CallerCall call) {
        synchronized (call) {
            if (call.phase() == Phase.SETTING_UP) {
                fail(call, "INVITE not answered, last was " + call.progress().orElse("nothing"));
            }
        }
    }

    private void receive(SipMessage message) {
        CallerCall call = calls.get(message.callId());
        if (message.isRequest() || call == null) {
            return;
        }
        synchronized (call) {
            if (message.cseqMethod().equals("INVITE")) {
                inviteResponse(call, message);
            } else if (message.status() >= 200) {
                laterResponse(call, message);
            }
        }
    }

    private void inviteResponse(CallerCall call, SipMessage response) {
        if (response.status() < 200) {
            call.progressed(response.startLine());
        } else if (response.status() < 300) {
            answered(call, response);
        } else {
            socket.send(messages.ackOfRefusal(call, response), proxy);
            if (call.phase() == Phase.SETTING_UP) {
                fail(call, "INVITE: " + response.startLine());
            }
        }
    }

    private void answered(CallerCall call, SipMessage response) {
        Peer peer = Peer.of(response);
        socket.send(messages.within("ACK", 1, call, peer), proxy);
        if (call.phase() != Phase.SETTING_UP) {
            return;
        }
        call.answered(peer);
        answers.add(new Answer(peer.life().replaceAll("-\\d+$", ""), call.sentNanos()));
        long setupMillis = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - call.sentNanos());
        slowestMillis.accumulateAndGet(setupMillis, Math::max);
        if (setupMillis > SLOW_MILLIS) {
            slow.incrementAndGet();
        }
        long length = ThreadLocalRandom.current().nextLong(SHORTEST_MILLIS, LONGEST_MILLIS);
        after(length / 2, () -> request(call, "INFO"));
        after(length, () -> request(call, "BYE"));
    }

    private void request(CallerCall call, String method) {
        synchronized (call) {
            if (call.phase() == Phase.UP) {
                int cseq = call.next();
                Peer peer = call.peer().orElseThrow();
                repeat(call, messages.within(method, cseq, call, peer), cseq, T1_MILLIS, 0);
            }
        }
    }

    private void repeat(CallerCall call, SipMessage request, int cseq, long againMillis, long waitedMillis) {
        synchronized (call) {
            if (call.phase() != Phase.UP || !call.waitsFor(cseq)) {
                return;
            }
            if (waitedMillis >= PATIENCE_MILLIS) {
                problem(call, request.method() + " not answered");
                return;
            }
            socket.send(request, proxy);
            after(
                    againMillis,
                    () -> repeat(
                            call, request, cseq, Math.min(T2_MILLIS, 2 * againMillis), waitedMillis + againMillis));
        }
    }

    private void laterResponse(CallerCall call, SipMessage response) {
        int cseq = Integer.parseInt(response.first("CSeq").replaceAll("\\s.*", ""));
        if (call.phase() != Phase.UP || !call.took(cseq)) {
            return;
        }
        if (response.status() >= 300) {
            problem(call, response.cseqMethod() + ": " + response.startLine());
        } else if (response.cseqMethod().equals("BYE")) {
            end(call, Phase.OVER);
        }
    }

    /** A call whose node died can't be asked anything any more; any other must. */
    private void problem(CallerCall call, String what) {
        if (call.peer().map(Peer::life).filter(isDead).isPresent()) {
            lost.incrementAndGet();
            end(call, Phase.LOST);
        } else {
            fail(call, what);
        }
    }

    private void fail(CallerCall call, String what) {
        tell(call, "failed: " + what);
        failed.incrementAndGet();
        end(call, Phase.FAILED);
    }

    private void tell(CallerCall call, String what) {
        long agoMillis = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - call.sentNanos());
        failures.accept("call " + call.id() + ", placed " + agoMillis + " ms ago, at "
                + call.peer().map(Peer::life).orElse("no node yet") + ", " + what);
    }

    private void end(CallerCall call, Phase how) {
        call.phase(how);
        calls.remove(call.id());
    }

    private void after(long millis, Runnable task) {
        ScheduledFuture<?> unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        placing = false;
        socket.close();
    }
}
