package io.tandemsip.examples.benchmarks.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Callers by the thousand on one socket and one thread, for what a SIPp has no time to: to be refused costs them little. They begin calls at a rate
 * whatever becomes of the others, acknowledge refusals, and take what is accepted to its end. Every hundredth call is a priority call. Confined to one thread.
 */
final class CallStorm implements AutoCloseable {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long HOLD_NANOS = 200_000_000;

    /** What is begun in the first two seconds, and what they need to end, is not counted. */
    private static final long SETTLING_NANOS = 2 * SECOND_NANOS;

    private static final long PATIENCE_NANOS = 40 * SECOND_NANOS;
    private static final int EACH_PRIORITY = 100;
    private static final int SOCKET_BYTES = 4 * 1024 * 1024;
    private static final int BURST = 32;

    private final DatagramChannel channel;
    private final Selector selector;
    private final InetSocketAddress proxy;
    private final String own;
    private final String service;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
    private final Map<Integer, StormCall> calls = new HashMap<>();
    private final PriorityQueue<Due> dues = new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
    private final BitSet refused = new BitSet();
    private int numbers;
    private Tally tally = new Tally(0, 0);

    private record Due(long nanos, StormCall call) {}

    /** What became of the calls of one run. */
    static final class Tally {
        private final long fromNanos;
        private final long toNanos;
        int begun;
        int completed;
        int completedInAll;
        int refused;
        int refusedPriority;
        int acceptedAfterRefusal;
        final Map<String, Integer> failures = new TreeMap<>();
        int failedNew;
        int failedInDialog;
        int repeated;
        int retryAfterLeast = Integer.MAX_VALUE;
        int retryAfterMost;

        Tally(long fromNanos, long toNanos) {
            this.fromNanos = fromNanos;
            this.toNanos = toNanos;
        }

        /** Calls a second that came to their end. */
        double goodput() {
            return completed * (double) SECOND_NANOS / (toNanos - fromNanos);
        }

        private void completed(long nowNanos) {
            completedInAll++;
            completed += nowNanos >= fromNanos && nowNanos < toNanos ? 1 : 0;
        }
    }

    /** Callers of the proxy at a port of loopback. */
    CallStorm(int port) throws IOException {
        channel = DatagramChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BYTES)
                .setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BYTES)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
        proxy = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        own = "127.0.0.1:" + ((InetSocketAddress) channel.getLocalAddress()).getPort();
        service = "127.0.0.1:" + port;
    }

    /**
     * Begins calls at a rate for a time, and waits until all have ended.
     *
     * @param perSecond calls
     * @param seconds more than the two that do not count
     */
    Tally run(double perSecond, int seconds) throws IOException {
        long begunNanos = System.nanoTime();
        long endNanos = begunNanos + seconds * SECOND_NANOS;
        tally = new Tally(begunNanos + SETTLING_NANOS, endNanos);
        while (true) {
            long now = System.nanoTime();
            if (now < endNanos) {
                long due = (long) ((now - begunNanos) * perSecond / SECOND_NANOS) - tally.begun;
                for (long i = 0; i < Math.min(due, BURST); i++) {
                    begin(now);
                }
            } else if (calls.isEmpty() || now - endNanos > PATIENCE_NANOS) {
                List.copyOf(calls.values()).forEach(call -> failed(call, "no end"));
                return tally;
            }
            attend(now);
            if (!receive()) {
                selector.select(key -> {}, 1);
            }
        }
    }

    private void begin(long nowNanos) throws IOException {
        StormCall call = new StormCall(++numbers, own, service, numbers % EACH_PRIORITY == 0);
        calls.put(numbers, call);
        tally.begun++;
        send(call.request(StormCall.INVITE, nowNanos));
        await(call);
    }

    private void await(StormCall call) {
        dues.add(new Due(call.dueNanos, call));
    }

    private void send(byte[] message) throws IOException {
        channel.send(ByteBuffer.wrap(message), proxy);
    }

    /** Goes on with calls whose time has come. */
    private void attend(long nowNanos) throws IOException {
        for (Due due = dues.peek(); due != null && due.nanos() <= nowNanos; due = dues.peek()) {
            dues.remove();
            StormCall call = due.call();
            if (due.nanos() != call.dueNanos || calls.get(call.number()) != call) {
                continue; // meanwhile something else is due
            }
            if (call.answered) {
                send(call.request(call.sequence + 1, nowNanos));
            } else if (call.isLost(nowNanos)) {
                failed(call, "nothing");
                continue;
            } else {
                tally.repeated++;
                send(call.again(nowNanos));
            }
            await(call);
        }
    }

    private void failed(StormCall call, String how) {
        calls.remove(call.number());
        tally.failures.merge(how + " for request " + call.sequence, 1, Integer::sum);
        if (call.isUp()) {
            tally.failedInDialog++;
        } else {
            tally.failedNew++;
        }
    }

    /** Some of what has come; false if nothing had. */
    private boolean receive() throws IOException {
        for (int i = 0; i < BURST; i++) {
            buffer.clear();
            if (channel.receive(buffer) == null) {
                return i > 0;
            }
            buffer.flip();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            onResponse(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        return true;
    }

    private void onResponse(String response) throws IOException {
        if (!response.startsWith("SIP/2.0 ")) {
            return;
        }
        String callId = StormCall.header(response, "Call-ID:");
        int number = Integer.parseInt(callId.substring(0, callId.indexOf('@')));
        StormCall call = calls.get(number);
        String cseq = StormCall.header(response, "CSeq:");
        int sequence = cseq.charAt(0) - '0';
        int status = Integer.parseInt(response.substring(8, 11));
        if (call == null || sequence != call.sequence) {
            tally.acceptedAfterRefusal += status == 200 && refused.get(number) ? 1 : 0;
            return;
        }
        if (status < 200) {
            call.progressed();
            await(call);
        } else if (call.answered) {
            send(call.last); // the ACK was lost, or came too late
        } else if (status >= 300) {
            refused(call, status, response);
        } else if (sequence == StormCall.BYE) {
            calls.remove(call.number());
            tally.completed(System.nanoTime());
        } else {
            send(call.accepted(response, System.nanoTime(), HOLD_NANOS));
            await(call);
        }
    }

    private void refused(StormCall call, int status, String response) throws IOException {
        if (call.sequence != StormCall.INVITE || status != 503) {
            failed(call, "" + status);
            return;
        }
        calls.remove(call.number());
        send(call.refused(response));
        refused.set(call.number());
        tally.refused++;
        tally.refusedPriority += call.isPriority() ? 1 : 0;
        String retryAfter = StormCall.header(response, "Retry-After:");
        int seconds = retryAfter.isEmpty() ? 0 : Integer.parseInt(retryAfter);
        tally.retryAfterLeast = Math.min(tally.retryAfterLeast, seconds);
        tally.retryAfterMost = Math.max(tally.retryAfterMost, seconds);
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
