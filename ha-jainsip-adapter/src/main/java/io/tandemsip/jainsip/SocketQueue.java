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
 * is held up, another one leads. Of what waits, what begins something new goes last ({@link RawRequest#isUrgent}). As in "leader and
 * followers" of Schmidt and others, but that the lead is kept as long as nothing waits. Thread-safe.
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
    private final AtomicReference<@Nullable Lead> leader = new AtomicReference<>();
    private final Set<Thread> dealing = ConcurrentHashMap.newKeySet();

    /** Datagrams in a row that were there at once; of the one that leads. */
    private volatile int atOnce;

    /**
     * The lead of one thread, until another takes it over, with a lead of its own: who has lost it without having seen that says nothing of
     * the other's.
     */
    private static final class Lead {
        final Thread thread;

        /** When the thread began to deal with a datagram; 0 while it reads. */
        volatile long dealingSince;

        Lead(Thread thread) {
            this.thread = thread;
        }
    }

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
        Lead current = leader.get();
        if (current != null && current.thread == self) {
            return lead(current);
        }
        if (current == null) {
            return takeLead(null, self);
        }
        DatagramQueuedMessageDispatch first = urgent.poll();
        if (first != null) {
            return isTooOld(first) ? null : first;
        }
        DatagramQueuedMessageDispatch waited = poll();
        if (waited != null) {
            return isTooOld(waited) || socket.turnsAway(waited.packet) ? null : waited;
        }
        return isHeldUp(current) ? takeLead(current, self) : rest(self);
    }

    private boolean isTooOld(DatagramQueuedMessageDispatch waited) {
        return mostAgeMillis > 0 && System.currentTimeMillis() - waited.getReceptionTime() > mostAgeMillis;
    }

    private boolean isHeldUp(Lead lead) {
        long since = lead.dealingSince;
        return since != 0 && nanoTime.getAsLong() - since > HELD_UP_NANOS;
    }

    private @Nullable DatagramQueuedMessageDispatch takeLead(@Nullable Lead from, Thread self) {
        Lead own = new Lead(self);
        return leader.compareAndSet(from, own) ? lead(own) : null;
    }

    private @Nullable DatagramQueuedMessageDispatch rest(Thread self) {
        idle.add(self);
        if (isEmpty()) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        idle.remove(self);
        return null;
    }

    private @Nullable DatagramQueuedMessageDispatch lead(Lead own) {
        byte[] buffer = buffers.get();
        own.dealingSince = 0;
        try {
            while (running.getAsBoolean()) {
                DatagramPacket packet = new DatagramPacket(buffer, mostBytes);
                long asked = nanoTime.getAsLong();
                socket.receive(packet);
                if (socket.turnsAway(packet)) {
                    if (leader.get() != own) {
                        return null;
                    }
                    continue;
                }
                long got = nanoTime.getAsLong();
                int row = got - asked < AT_ONCE_NANOS ? atOnce + 1 : 0;
                atOnce = row;
                if (leader.get() != own) { // held up before it read
                    return new DatagramQueuedMessageDispatch(packet, System.currentTimeMillis());
                }
                if (isEmpty() && row < AT_ONCE_MOST && isAnotherFree()) {
                    own.dealingSince = got | 1; // 0 says that it reads
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
