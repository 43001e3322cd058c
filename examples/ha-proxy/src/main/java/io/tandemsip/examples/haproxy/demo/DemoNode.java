package io.tandemsip.examples.haproxy.demo;

import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A small SIP server that takes every call, and that can be killed and brought back. It knows which dialogs it has made,
 * and so sees when a request is sent to the wrong one. Thread-safe.
 */
public final class DemoNode implements AutoCloseable {
    private static final long RING_MILLIS = 15;
    private static final long ANSWER_MILLIS = 30;
    private static final long T1_MILLIS = 500;
    private static final long T2_MILLIS = 4000;

    private final String name;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    private final Map<String, UasCall> calls = new HashMap<>();
    private final Set<String> formerCalls = new HashSet<>();
    private final int port;
    private UdpPort socket;
    private final Map<SocketAddress, SocketAddress> moved = new HashMap<>();
    private int life = 1;
    private boolean alive = true;
    private long taken;
    private int up;
    private long misrouted;
    private long ofFormerLife;
    private final List<Long> endsNanos = new ArrayList<>();

    /**
     * A node that serves on a free port.
     *
     * @param name its name, which its Contact begins with
     * @param timer runs its timers
     * @param nanoTime its clock
     */
    public DemoNode(String name, ScheduledExecutorService timer, LongSupplier nanoTime) throws SocketException {
        this.name = name;
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.port = UdpPort.free();
        this.socket = open(life);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Where it serves. */
    public String uri() {
        return "sip:127.0.0.1:" + port;
    }

    /** What its Contact begins with as of now: its name and which life it is in. */
    synchronized String lifeName() {
        return name + '-' + life;
    }

    /** Dies as a process does: no reply, no word to anybody, and all its calls are gone. */
    void kill() {
        forget().close();
    }

    private synchronized UdpPort forget() {
        alive = false;
        formerCalls.addAll(calls.keySet());
        calls.clear();
        up = 0;
        return socket;
    }

    /** Comes back on the same port, knowing nothing of before. */
    synchronized void revive() throws SocketException {
        life++;
        alive = true;
        socket = open(life);
    }

    /**
     * Another host has the address of one that is gone, as when a virtual address moves.
     *
     * @param gone who had it
     * @param now where what is sent there gets to from now on
     */
    public synchronized void moved(SocketAddress gone, SocketAddress now) {
        moved.put(gone, now);
    }

    /** What it has seen until now. */
    public synchronized NodeCounts counts() {
        return new NodeCounts(taken, up, misrouted, ofFormerLife);
    }

    /** When the last call before a moment ended; that moment if there was none. */
    synchronized long lastEndBefore(long untilNanos) {
        return endsNanos.stream()
                .filter(each -> each - untilNanos < 0)
                .reduce((earlier, later) -> later)
                .orElse(untilNanos);
    }

    private UdpPort open(int inLife) throws SocketException {
        return UdpPort.open(name, port, (message, from) -> receive(message, from, inLife));
    }

    private synchronized void receive(SipMessage message, SocketAddress from, int inLife) {
        if (!alive || life != inLife || !message.isRequest()) {
            return;
        }
        switch (message.method()) {
            case "OPTIONS" -> socket.send(UasMessages.response(message, "200 OK", ""), from);
            case "INVITE" -> {
                if (message.toTag().isEmpty()) {
                    invite(message, from);
                } else {
                    withinDialog(message, from);
                }
            }
            case "CANCEL" -> socket.send(UasMessages.response(message, "200 OK", ""), from);
            default -> withinDialog(message, from);
        }
    }

    private void invite(SipMessage invite, SocketAddress from) {
        UasCall known = calls.get(invite.callId());
        if (known != null) {
            known.last().ifPresent(response -> socket.send(response, from));
            return;
        }
        taken++;
        up++;
        UasCall call = new UasCall(invite, from, "t" + life + '-' + taken);
        calls.put(invite.callId(), call);
        socket.send(UasMessages.response(invite, "100 Trying", ""), from);
        int inLife = life;
        after(RING_MILLIS, () -> ring(call, inLife));
        after(ANSWER_MILLIS, () -> answer(call, inLife, T1_MILLIS));
    }

    private synchronized void ring(UasCall call, int inLife) {
        if (alive && life == inLife) {
            send(call, UasMessages.response(call.invite(), "180 Ringing", call.tag()));
        }
    }

    /** Answers, and again until the ACK is there (RFC 3261 section 13.3.1.4). */
    private synchronized void answer(UasCall call, int inLife, long againMillis) {
        if (alive && life == inLife && !call.isAcknowledged(call.invite())) {
            send(call, UasMessages.response(call.invite(), "200 OK", call.tag()).with("Contact", contact()));
            after(againMillis, () -> answer(call, inLife, Math.min(T2_MILLIS, 2 * againMillis)));
        }
    }

    private void send(UasCall call, SipMessage response) {
        call.sent(response);
        socket.send(response, moved.getOrDefault(call.peer(), call.peer()));
    }

    private void withinDialog(SipMessage request, SocketAddress from) {
        UasCall call = calls.get(request.callId());
        if (call == null || !call.tag().equals(request.toTag())) {
            countStranger(request);
            if (!request.method().equals("ACK")) {
                socket.send(UasMessages.response(request, "481 Call/Transaction Does Not Exist", ""), from);
            }
            return;
        }
        if (request.method().equals("ACK")) {
            call.acknowledge(request);
            return;
        }
        if (request.method().equals("BYE") && call.end()) {
            up--;
            endsNanos.add(nanoTime.getAsLong());
        }
        if (!request.method().equals("INVITE")) {
            socket.send(UasMessages.response(request, "200 OK", ""), from);
        } else if (call.take(request)) {
            answerAgain(call, request, from, life, T1_MILLIS);
        } else {
            socket.send(again(request), from);
        }
    }

    /** As {@link #answer}, of an INVITE within the dialog (RFC 3261 section 14.2). */
    private synchronized void answerAgain(
            UasCall call, SipMessage reInvite, SocketAddress from, int inLife, long againMillis) {
        if (alive && life == inLife && !call.isAcknowledged(reInvite)) {
            socket.send(again(reInvite), moved.getOrDefault(from, from));
            after(againMillis, () -> answerAgain(call, reInvite, from, inLife, Math.min(T2_MILLIS, 2 * againMillis)));
        }
    }

    private SipMessage again(SipMessage reInvite) {
        return UasMessages.response(reInvite, "200 OK", "").with("Contact", contact());
    }

    private String contact() {
        return "<sip:" + lifeName() + "@127.0.0.1:" + port + '>';
    }

    private void countStranger(SipMessage request) {
        if (formerCalls.contains(request.callId())) {
            ofFormerLife++;
        } else {
            misrouted++;
        }
    }

    private void after(long millis, Runnable task) {
        ScheduledFuture<?> unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        kill();
    }
}
