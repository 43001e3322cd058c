package io.tandemsip.jainsip;

import gov.nist.javax.sip.stack.DatagramQueuedMessageDispatch;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datagrams of a socket, for several threads. Each of them asks for one, deals with it, and asks again. One of them leads: it
 * reads from the socket and deals by itself with what it reads, so that a datagram costs no change of threads. When datagrams come faster than it
 * deals with them, it only reads, so that the system's small buffer does not overflow, and the others deal. When it
 * is held up, another one leads. Of what waits, what begins something new goes last ({@link RawRequest#isUrgent}). As in "leader and followers" of Schmidt and others, but that the lead is kept as
 * long as nothing waits. Thread-safe.
 */
@SuppressWarnings("serial") // never written anywhere
final class SocketQueue extends LinkedBlockingQueue<DatagramQueuedMessageDispatch> {
    private static final Logger LOG = LoggerFactory.getLogger(SocketQueue.class);

    /** Who gets a datagram sooner did not have to wait for it: to put a thread to sleep and wake it takes longer. */
    private static final long AT_ONCE_NANOS = 5_000;

    /** So many at once are dealt with one after the other; more are more than one thread's work. */
    private static final int AT_ONCE_MOST = 8;

    /** How long the one that leads may deal with one datagram before another leads. */
    private static final long HELD_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What the followers look after is seldom, so they look seldom. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Socket socket;
    private final int threads;
    private final BooleanSupplier running;
    private final int mostBytes;
    private final long mostAgeMillis;
    private final LongSupplier nanoTime;
    private final ThreadLocal<byte[]> buffers;

    /** What goes before all others that wait. */
    private final Queue<DatagramQueuedMessageDispatch> urgent = new ConcurrentLinkedQueue<>();

    private final Queue<Thread> idle = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> leader = new AtomicReference<>();
    private final Set<Thread> dealing = ConcurrentHashMap.newKeySet();

    /** When the one that leads began to deal with a datagram; 0 while it reads. */
    private final AtomicLong dealingSince = new AtomicLong();

    /** Datagrams in a row that were there at once; of the one that leads. */
    private volatile int atOnce;

    /** Where datagrams come from. */
    interface Socket {
        /** Waits for one; as {@link java.net.DatagramSocket#receive}. */
        void receive(DatagramPacket into) throws IOException;

        /** Whether a datagram is dealt with already; asked when it is read, and again when it waited. */
        default boolean turnsAway(DatagramPacket packet) {
            return false;
        }
    }

    /**
     * With nothing in it.
     *
     * @param socket read by one thread at a time, mostly
     * @param threads how many take; at least 2
     * @param running false once the socket is to be read no more; then takers are interrupted
     * @param mostBytes of a datagram; what is longer is cut
     * @param mostAgeMillis what waited longer is dropped, as its sender has sent it again or has given up; 0 for none
     * @param nanoTime as {@link System#nanoTime()}
     */
    SocketQueue(
            Socket socket,
            int threads,
            BooleanSupplier running,
            int mostBytes,
            long mostAgeMillis,
            LongSupplier nanoTime) {
        this.socket = socket;
        this.threads = threads;
        this.running = running;
        this.mostBytes = mostBytes;
        this.mostAgeMillis = mostAgeMillis;
        this.nanoTime = nanoTime;
        buffers = ThreadLocal.withInitial(() -> new byte[mostBytes]);
    }

    /** The next datagram, which is the caller's until it asks for another one. */
    @Override
    public DatagramQueuedMessageDispatch take() throws InterruptedException {
        while (true) {
            DatagramQueuedMessageDispatch next = look();
            if (next != null) {
                return next;
            }
        }
    }

    /** All that waits. */
    @Override
    public int size() {
        return urgent.size() + super.size();
    }

    @Override
    public boolean isEmpty() {
        return urgent.isEmpty() && super.isEmpty();
    }

    /** As {@link #take}, for who looks after its threads: gives none now and then. */
    @Override
    public @Nullable DatagramQueuedMessageDispatch poll(long timeout, TimeUnit unit) throws InterruptedException {
        return look();
    }

    private @Nullable DatagramQueuedMessageDispatch look() throws InterruptedException {
        if (!running.getAsBoolean()) {
            throw new InterruptedException("nothing is received any more");
        }
        Thread self = Thread.currentThread();
        dealing.remove(self);
        DatagramQueuedMessageDispatch next = next(self);
        if (next != null) {
            dealing.add(self);
        }
        return next;
    }

    private @Nullable DatagramQueuedMessageDispatch next(Thread self) {
        if (leader.get() == self || leader.compareAndSet(null, self)) {
            return lead(self);
        }
        DatagramQueuedMessageDispatch first = urgent.poll();
        if (first != null) {
            return isTooOld(first) ? null : first;
        }
        DatagramQueuedMessageDispatch waited = poll();
        if (waited != null) {
            return isTooOld(waited) || socket.turnsAway(waited.packet) ? null : waited;
        }
        return isHeldUp() && takeLead(self) ? lead(self) : rest(self);
    }

    private boolean isTooOld(DatagramQueuedMessageDispatch waited) {
        return mostAgeMillis > 0 && System.currentTimeMillis() - waited.getReceptionTime() > mostAgeMillis;
    }

    private boolean isHeldUp() {
        long since = dealingSince.get();
        return since != 0 && nanoTime.getAsLong() - since > HELD_UP_NANOS;
    }

    private boolean takeLead(Thread self) {
        Thread held = leader.get();
        return held != null && isHeldUp() && leader.compareAndSet(held, self);
    }

    private @Nullable DatagramQueuedMessageDispatch rest(Thread self) {
        idle.add(self);
        if (isEmpty()) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        idle.remove(self);
        return null;
    }

    private @Nullable DatagramQueuedMessageDispatch lead(Thread self) {
        byte[] buffer = buffers.get();
        dealingSince.set(0);
        try {
            while (running.getAsBoolean()) {
                DatagramPacket packet = new DatagramPacket(buffer, mostBytes);
                long asked = nanoTime.getAsLong();
                socket.receive(packet);
                if (socket.turnsAway(packet)) {
                    if (leader.get() != self) {
                        return null;
                    }
                    continue;
                }
                long got = nanoTime.getAsLong();
                int row = got - asked < AT_ONCE_NANOS ? atOnce + 1 : 0;
                atOnce = row;
                if (leader.get() != self) { // held up before it read
                    return new DatagramQueuedMessageDispatch(packet, System.currentTimeMillis());
                }
                if (isEmpty() && row < AT_ONCE_MOST && isAnotherFree()) {
                    dealingSince.set(got | 1); // 0 says that it reads
                    return new DatagramQueuedMessageDispatch(packet, System.currentTimeMillis());
                }
                (RawRequest.isUrgent(packet) ? urgent : this).add(kept(packet));
                LockSupport.unpark(idle.poll());
            }
        } catch (SocketTimeoutException nothing) {
            return null;
        } catch (IOException broken) {
            if (running.getAsBoolean()) {
                LOG.warn("nothing could be received", broken);
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        }
        return null;
    }

    /** Else nobody would be left to read. */
    private boolean isAnotherFree() {
        return dealing.size() < threads - 1;
    }

    private static DatagramQueuedMessageDispatch kept(DatagramPacket packet) {
        byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        return new DatagramQueuedMessageDispatch(
                new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()), System.currentTimeMillis());
    }
}
