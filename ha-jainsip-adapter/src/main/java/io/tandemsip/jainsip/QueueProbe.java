package io.tandemsip.jainsip;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.sip.ListeningPoint;
import javax.sip.message.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how long a datagram to this proxy waits until it is dealt with, in the system's buffer and in the stack's queue,
 * by sending one to itself now and then. One thread sends, any receives. Thread-safe.
 */
final class QueueProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueProbe.class);
    private static final String COOKIE = "z9hG4bK";

    /** Who has heard nothing of itself for so long knows nothing: its datagrams may be filtered. */
    private static final long DEAF_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int MOST_UNHEARD = 100;

    private final DatagramSocket socket;
    private final InetSocketAddress self;
    private final String callId;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Heard> heard = new AtomicReference<>();
    private final Deque<Long> unheard = new ArrayDeque<>();

    private QueueProbe(DatagramSocket socket, InetSocketAddress self, String callId, LongSupplier nanoTime) {
        this.socket = socket;
        this.self = self;
        this.callId = callId;
        this.nanoTime = nanoTime;
    }

    /** The datagram that was sent last of those that came back. */
    private record Heard(long sentAtNanos, long atNanos) {
        long waitedNanos() {
            return atNanos - sentAtNanos;
        }
    }

    /**
     * For one listening point.
     *
     * @param secret what nobody else can know
     */
    static QueueProbe of(ListeningPoint point, String secret, LongSupplier nanoTime) throws IOException {
        InetAddress bound = InetAddress.getByName(ListeningSides.bare(point.getIPAddress()));
        InetAddress address = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
        return new QueueProbe(
                new DatagramSocket(new InetSocketAddress(address, 0)),
                new InetSocketAddress(address, point.getPort()),
                secret,
                nanoTime);
    }

    /**
     * Sends one more.
     *
     * @return how long the last one waited that came back, or the next one does already, if that is longer; 0 if none ever
     *     came back, or none for ten seconds
     */
    long measure() {
        long now = nanoTime.getAsLong();
        Heard last = heard.get();
        while (last != null && !unheard.isEmpty() && unheard.getFirst() - last.sentAtNanos() <= 0) {
            unheard.removeFirst();
        }
        Long next = unheard.peekFirst();
        if (unheard.size() == MOST_UNHEARD) {
            unheard.removeFirst();
        }
        unheard.addLast(now);
        send(now);
        if (last == null || now - last.atNanos() > DEAF_NANOS) {
            return 0;
        }
        return next == null ? last.waitedNanos() : Math.max(last.waitedNanos(), now - next);
    }

    private void send(long sentNanos) {
        String host = socket.getLocalAddress().getHostAddress();
        String own = (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + socket.getLocalPort();
        byte[] text = ("OPTIONS sip:" + own + " SIP/2.0\r\nVia: SIP/2.0/UDP " + own + ";branch=" + COOKIE + sentNanos
                        + "\r\nFrom: <sip:" + own + ">;tag=1\r\nTo: <sip:" + own + ">\r\nCall-ID: " + callId
                        + "\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 0\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            socket.send(new DatagramPacket(text, text.length, self));
        } catch (IOException notSent) {
            LOG.debug("nothing could be sent to {}", self, notSent);
        }
    }

    /** Whether a request with this Call-ID is this one's own. */
    boolean isOwn(String ofRequest) {
        return ofRequest.equals(callId);
    }

    /** Whether a request is this one's own; then it has come. */
    boolean hears(Request request) {
        if (!isOwn(SipText.callId(request))) {
            return false;
        }
        Heard fresh =
                new Heard(Long.parseLong(SipText.branch(request).substring(COOKIE.length())), nanoTime.getAsLong());
        heard.accumulateAndGet(
                fresh,
                (before, after) -> before != null && before.sentAtNanos() - after.sentAtNanos() > 0 ? before : after);
        return true;
    }

    @Override
    public void close() {
        socket.close();
    }
}
