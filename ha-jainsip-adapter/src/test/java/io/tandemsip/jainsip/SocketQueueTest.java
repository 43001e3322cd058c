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
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final SocketQueue queue = new SocketQueue(this::receive, THREADS, open::get, 1_500, 0, System::nanoTime);
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

    private void receive(DatagramPacket into) throws IOException {
        socket.receive(into);
        reader = Thread.currentThread();
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
                    DatagramPacket packet = next.packet;
                    String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
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

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }
}
