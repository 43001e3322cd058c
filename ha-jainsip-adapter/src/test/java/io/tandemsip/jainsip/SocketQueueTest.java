package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import gov.nist.javax.sip.stack.DatagramQueuedMessageDispatch;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SocketQueueTest {
    private static final int THREADS = 3;

    private final DatagramSocket socket = socket();
    private final DatagramSocket sender = socket();
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final Set<String> turnedAway = ConcurrentHashMap.newKeySet();
    private final SocketQueue queue = new SocketQueue(new Screened(), THREADS, open::get, 1_500, 0, System::nanoTime);
    private final BlockingQueue<String> dealtWith = new LinkedBlockingQueue<>();
    private List<Thread> threads = List.of();
    private volatile @Nullable Thread reader;

    private static DatagramSocket socket() {
        try {
            DatagramSocket made = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            made.setReceiveBufferSize(4 * 1024 * 1024);
            return made;
        } catch (SocketException none) {
            throw new IllegalStateException(none);
        }
    }

    private final class Screened implements SocketQueue.Socket {
        @Override
        public void receive(DatagramPacket into) throws IOException {
            socket.receive(into);
            reader = Thread.currentThread();
        }

        @Override
        public boolean turnsAway(DatagramPacket packet) {
            return turnedAway.contains(text(packet));
        }
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    @AfterEach
    void close() throws InterruptedException {
        open.set(false);
        socket.close();
        sender.close();
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Threads that take, and deal with what they took. */
    private void begin(Consumer<String> dealing) {
        threads = IntStream.range(0, THREADS)
                .mapToObj(i -> new Thread(() -> take(dealing), "taker-" + i))
                .toList();
        threads.forEach(Thread::start);
    }

    private void take(Consumer<String> dealing) {
        try {
            while (true) {
                DatagramQueuedMessageDispatch next = queue.take();
                if (next != null) {
                    String text = text(next.packet);
                    dealing.accept(text);
                    dealtWith.add(text);
                }
            }
        } catch (InterruptedException closed) {
            // as told
        }
    }

    private void send(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        sender.send(new DatagramPacket(bytes, bytes.length, socket.getLocalSocketAddress()));
    }

    private String next() throws InterruptedException {
        String next = dealtWith.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a datagram").isNotNull();
        return next;
    }

    /** Fails when each datagram goes to the next thread. */
    @Test
    void oneAfterTheOther_allOnTheThreadThatReads() throws Exception {
        AtomicInteger byReader = new AtomicInteger();
        begin(text -> {
            if (Thread.currentThread().equals(reader)) {
                byReader.incrementAndGet();
            }
        });
        for (int i = 0; i < 200; i++) {
            send("d" + i);
            assertThat(next()).isEqualTo("d" + i);
        }
        assertThat(byReader.get())
                .as("dealt with by who read it; the machine may pause")
                .isGreaterThan(180);
    }

    /** Fails when who is held up in one datagram keeps the socket for itself. */
    @Test
    void whoIsHeldUp_isReplaced() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        begin(text -> {
            if (text.startsWith("held")) {
                await(release);
            }
        });
        send("held");
        for (int i = 0; i < 100; i++) {
            send("d" + i);
            assertThat(next()).isEqualTo("d" + i);
        }
        release.countDown();
        assertThat(next()).isEqualTo("held");
    }

    /** Fails when datagrams are lost or dealt with twice, or one's bytes are overwritten by the next one's. */
    @Test
    void manyAtOnce_eachOnce() throws Exception {
        Set<Thread> dealers = ConcurrentHashMap.newKeySet();
        CountDownLatch begun = new CountDownLatch(1);
        begin(text -> {
            await(begun);
            dealers.add(Thread.currentThread());
            assertThat(text).matches("d\\d{4}x{500}");
        });
        List<String> sent = IntStream.range(0, 2_000)
                .mapToObj(i -> String.format("d%04d", i) + "x".repeat(500))
                .toList();
        for (String each : sent) {
            send(each);
        }
        begun.countDown();
        Set<String> got = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < sent.size(); i++) {
            assertThat(got.add(next())).as("once").isTrue();
        }
        assertThat(got).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(dealers).as("threads that dealt with a burst").hasSizeGreaterThan(1);
    }

    /** Fails when what came stays in the system's buffer, which is small, as long as everybody is busy. */
    @Test
    void whileAllDeal_oneReads() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        begin(text -> await(release));
        for (int i = 0; i < 500; i++) {
            send("d" + i);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (queue.size() < 500 - THREADS && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(queue.size()).as("read, and not dealt with").isGreaterThanOrEqualTo(500 - THREADS);
        release.countDown();
        for (int i = 0; i < 500; i++) {
            next();
        }
    }

    private void awaitWaiting(int datagrams) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (queue.size() < datagrams && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(queue.size()).as("read, and not dealt with").isEqualTo(datagrams);
    }

    /** All but the one that reads, each with one that it does not end with. */
    private CountDownLatch holdUp() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(THREADS - 1);
        begin(text -> {
            if (text.startsWith("held")) {
                held.countDown();
                await(release);
            }
        });
        for (int i = 1; i < THREADS; i++) {
            send("held" + i);
        }
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
        return release;
    }

    /** Fails when what is urgent waits behind what begins something new. */
    @Test
    void whatIsUrgent_goesFirst() throws Exception {
        CountDownLatch release = holdUp();
        for (int i = 0; i < 100; i++) {
            send("MESSAGE sip:a@b SIP/2.0\r\nSubject: " + i + "\r\n\r\n");
        }
        send("SIP/2.0 200 OK\r\n\r\n");
        awaitWaiting(101);
        release.countDown();
        List<String> first = new ArrayList<>();
        for (int i = 0; i < 2 * THREADS; i++) {
            first.add(next());
        }
        assertThat(first).anyMatch(text -> text.startsWith("SIP/2.0 200"));
    }

    /**
     * Fails when a thread that lost the lead in the moment in which it got it makes the next one look as if it read: then nobody
     * reads until that one has dealt with its datagram. The pauses of the machine decide how soon that is seen.
     */
    @Test
    void whoeverIsHeldUp_somebodyReads() throws Exception {
        AtomicReference<CountDownLatch> release = new AtomicReference<>(new CountDownLatch(1));
        begin(text -> {
            if (text.startsWith("held")) {
                await(release.get());
            }
        });
        for (int round = 0; round < 60; round++) {
            release.set(new CountDownLatch(1));
            send("held one");
            send("held two");
            for (int i = 0; i < 10; i++) {
                send("SIP/2.0 200 OK\r\n\r\n");
            }
            awaitRead(10);
            release.get().countDown();
            for (int i = 0; i < 12; i++) {
                next();
            }
        }
    }

    /** They wait, or are dealt with. */
    private void awaitRead(int datagrams) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (queue.size() + dealtWith.size() < datagrams && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(queue.size() + dealtWith.size()).as("read").isGreaterThanOrEqualTo(datagrams);
    }

    /** Fails when what was turned away reaches anybody, or what waited is not looked at again. */
    @Test
    void whatIsTurnedAway_isDealtWithByNobody() throws Exception {
        turnedAway.add("at once");
        CountDownLatch release = holdUp();
        send("at once");
        send("while it waits");
        send("never");
        awaitWaiting(2);
        turnedAway.add("while it waits");
        release.countDown();
        Set<String> got = new TreeSet<>();
        for (int i = 0; i < THREADS; i++) {
            got.add(next());
        }
        assertThat(got).containsExactly("held1", "held2", "never");
        assertThat(dealtWith).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }
}
