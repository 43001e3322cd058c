package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NamesTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private final BlockingQueue<String> used = new LinkedBlockingQueue<>();
    private volatile String answer = "127.0.0.7";
    private final PeerLanes lanes = new PeerLanes(now::get);
    private final Names names = new Names(this::all, lanes, now::get);

    @AfterEach
    void close() {
        released.countDown();
        names.close();
    }

    private InetAddress[] all(String name) throws UnknownHostException {
        asked.incrementAndGet();
        if (name.startsWith("hangs")) {
            try {
                released.await();
            } catch (InterruptedException over) {
                throw new UnknownHostException(name);
            }
        }
        if (answer.isEmpty()) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {InetAddress.getByName(answer)};
    }

    private void use(String host) throws Exception {
        names.use(host, address -> used.add(host + " " + address.getHostAddress()));
    }

    private String next() throws Exception {
        return used.poll(20, TimeUnit.SECONDS);
    }

    /** Only once nothing is under way: what is would seem stuck since then, and take no more. */
    private void pass(long seconds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (lanes.size() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(lanes.size()).isZero();
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** As often as told, and no oftener. */
    private void awaitAsked(int times) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (asked.get() < times && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(asked.get()).isEqualTo(times);
    }

    @Test
    void address_isUsedAtOnce_withoutLookUp() throws Exception {
        use("127.0.0.1");
        use("[::1]");
        assertThat(used).containsExactly("127.0.0.1 127.0.0.1", "[::1] 0:0:0:0:0:0:0:1");
        assertThat(asked.get()).isZero();
    }

    /** Fails when a name is looked up on the thread that sends, or when one that hangs holds up another. */
    @Test
    void name_thatHangs_holdsUpNobody() throws Exception {
        use("hangs.example");
        use("quick.example");
        assertThat(next()).isEqualTo("quick.example 127.0.0.7");
        assertThat(names.known("hangs.example")).as("not yet").isEmpty();
        released.countDown();
        assertThat(next()).isEqualTo("hangs.example 127.0.0.7");
    }

    @Test
    void whatWasFound_isUsedOn_whileItIsLookedUpAnew_andWhenNobodyAnswers() throws Exception {
        use("node.example");
        assertThat(next()).isEqualTo("node.example 127.0.0.7");
        use("node.example");
        assertThat(used.remove()).as("at once").isEqualTo("node.example 127.0.0.7");
        assertThat(asked.get()).isEqualTo(1);
        answer = "";
        pass(31);
        use("node.example");
        assertThat(used.remove()).as("at once").isEqualTo("node.example 127.0.0.7");
        awaitAsked(2);
        assertThat(names.known("node.example").orElseThrow()).hasSize(1);
    }

    @Test
    void unknownName_isRefusedForAWhile_andThenLookedUpAgain() throws Exception {
        answer = "";
        use("nobody.example");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (names.known("nobody.example").isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThatThrownBy(() -> use("nobody.example")).isInstanceOf(UnknownHostException.class);
        answer = "127.0.0.8";
        pass(6);
        use("nobody.example");
        assertThat(next()).isEqualTo("nobody.example 127.0.0.8");
    }
}
