package io.tandemsip.jainsip;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.sip.ListeningPoint;
import javax.sip.message.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how long a datagram to this proxy waits until it is dealt with, in the system's buffer and in the stack's queue, by sending
 * one to itself now and then. One thread sends, any receives. Thread-safe.
 */
final class QueueProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueProbe.class);

    /** What is not back by then is lost, and another one is sent. */
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Who has heard nothing of itself for so long knows nothing: its datagrams may be filtered. */
    private static final long DEAF_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final DatagramSocket socket;
    private final InetSocketAddress self;
    private final String callId;
    private final LongSupplier nanoTime;
    private final AtomicLong unheardSinceNanos = new AtomicLong();
    private long sentAtNanos;
    private volatile boolean waiting;
    private volatile boolean heardEver;
    private volatile long heardAtNanos;
    private volatile long waitedNanos;

    private QueueProbe(DatagramSocket socket, InetSocketAddress self, String callId, LongSupplier nanoTime) {
        this.socket = socket;
        this.self = self;
        this.callId = callId;
        this.nanoTime = nanoTime;
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

    /** Sends, unless what was sent is still under way; called ten times a second. */
    long measure() {
        long now = nanoTime.getAsLong();
        if (!waiting || now - sentAtNanos > LOST_NANOS) {
            if (!waiting) {
                unheardSinceNanos.set(now);
            }
            sentAtNanos = now;
            waiting = true;
            send();
        }
        if (!heardEver || now - heardAtNanos > DEAF_NANOS) {
            return 0;
        }
        return waiting ? Math.max(waitedNanos, now - unheardSinceNanos.get()) : waitedNanos;
    }

    private void send() {
        String host = socket.getLocalAddress().getHostAddress();
        String own = (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + socket.getLocalPort();
        byte[] text = ("OPTIONS sip:" + own + " SIP/2.0\r\nVia: SIP/2.0/UDP " + own + ";branch=z9hG4bK" + sentAtNanos
                        + "\r\nFrom: <sip:" + own + ">;tag=1\r\nTo: <sip:" + own + ">\r\nCall-ID: " + callId
                        + "\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 0\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            socket.send(new DatagramPacket(text, text.length, self));
        } catch (IOException notSent) {
            LOG.debug("nothing could be sent to {}", self, notSent);
        }
    }

    /** Whether a request is this one's own. */
    boolean hears(Request request) {
        if (!SipText.callId(request).equals(callId)) {
            return false;
        }
        long now = nanoTime.getAsLong();
        waitedNanos = now - unheardSinceNanos.get();
        heardAtNanos = now;
        heardEver = true;
        waiting = false;
        return true;
    }

    @Override
    public void close() {
        socket.close();
    }
}
