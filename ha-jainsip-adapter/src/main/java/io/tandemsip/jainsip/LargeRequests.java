package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sip.message.Request;

/**
 * Which requests go by TCP to nodes that take UDP, because they are too large for a datagram that no network cuts in pieces (RFC
 * 3261 section 18.1.1); and which nodes did not take a connection, and get datagrams for a while. Bounded. Thread-safe.
 */
final class LargeRequests {
    static final int MOST_BYTES = 1_300;

    /** What a proxy adds: its Via, two Record-Routes with a cookie. */
    private static final int ADDED_BYTES = 600;

    private static final long REFUSED_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int MOST_NODES = 10_000;

    private final int mostBytes;
    private final LongSupplier nanoTime;
    private final Map<SipDestination, Long> refused = new ConcurrentHashMap<>();

    /**
     * With nothing refused yet.
     *
     * @param mostBytes of a datagram
     * @param nanoTime as {@link System#nanoTime()}
     */
    LargeRequests(int mostBytes, LongSupplier nanoTime) {
        this.mostBytes = mostBytes;
        this.nanoTime = nanoTime;
    }

    /** Whether what was received may be too large when it is forwarded: most are not, and need not be written out to see that. */
    boolean mayBe(Request received) {
        return StackSupport.size(received).orElse(mostBytes) > mostBytes - ADDED_BYTES;
    }

    /** Whether a request is too large as it leaves. */
    boolean is(Request leaving) {
        return leaving.toString().getBytes(StandardCharsets.UTF_8).length > mostBytes;
    }

    /** Whether a node is worth a connection. */
    boolean mayConnect(SipDestination node) {
        Long since = refused.get(node);
        if (since != null && nanoTime.getAsLong() - since > REFUSED_NANOS) {
            refused.remove(node, since);
            return true;
        }
        return since == null;
    }

    /** A node took no connection. */
    void refused(SipDestination node) {
        if (refused.size() >= MOST_NODES) {
            refused.clear();
        }
        refused.put(node, nanoTime.getAsLong());
    }

    static SipDestination byTcp(SipDestination node) {
        return new SipDestination(node.host(), node.port(), Transport.TCP);
    }
}
