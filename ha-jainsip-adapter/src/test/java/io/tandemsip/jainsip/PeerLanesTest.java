package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerLanesTest {
    private final AtomicLong now = new AtomicLong();
    private final PeerLanes lanes = new PeerLanes(now::get);
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);

    @AfterEach
    void close() {
        released.countDown();
        lanes.close();
    }

    private void post(String peer, String name, CountDownLatch after) {
        lanes.post(
                peer,
                () -> {
                    done.add(name);
                    after.countDown();
                },
                () -> done.add(name + " refused"));
    }

    private void block(String peer) throws Exception {
        lanes.post(
                peer,
                () -> {
                    begun.countDown();
                    try {
                        released.await();
                    } catch (InterruptedException over) {
                        Thread.currentThread().interrupt();
                    }
                },
                () -> done.add("refused"));
        await(begun);
    }

    private static void await(CountDownLatch latch) throws Exception {
        assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void errandsOfOnePeer_keepTheirOrder_andABrokenOneHoldsUpNobody() throws Exception {
        CountDownLatch all = new CountDownLatch(2);
        block("a");
        lanes.post(
                "a",
                () -> {
                    throw new IllegalStateException("broken");
                },
                () -> {});
        post("a", "first", all);
        post("a", "second", all);
        released.countDown();
        await(all);
        assertThat(done).containsExactly("first", "second");
    }

    @Test
    void errandsOfAnotherPeer_waitForNothing() throws Exception {
        block("a");
        CountDownLatch other = new CountDownLatch(1);
        post("b", "other", other);
        await(other);
    }

    /** Fails when those who come later wait for a peer that takes nothing, or those who came before are forgotten. */
    @Test
    void errandsOfAPeerThatIsStuck_areRefused_untilItIsNot() throws Exception {
        block("a");
        CountDownLatch early = new CountDownLatch(1);
        post("a", "early", early);
        now.addAndGet(PeerLanes.STUCK_NANOS);
        post("a", "late", new CountDownLatch(1));
        assertThat(done).containsExactly("late refused");
        released.countDown();
        await(early);
        while (lanes.size() > 0) {
            Thread.onSpinWait();
        }
        CountDownLatch again = new CountDownLatch(1);
        post("a", "again", again);
        await(again);
        assertThat(done).containsExactly("late refused", "early", "again");
    }

    @Test
    void errandsAfterTheEnd_areRefused() {
        lanes.close();
        post("a", "x", new CountDownLatch(1));
        assertThat(done).containsExactly("x refused");
        assertThat(lanes.size()).isZero();
    }
}
