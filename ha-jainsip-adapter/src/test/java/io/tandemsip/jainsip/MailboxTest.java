package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MailboxTest {
    @Test
    void post_fromAnEvent_runsAfterIt() {
        Mailbox mailbox = new Mailbox(() -> {});
        List<String> order = new ArrayList<>();
        mailbox.post(() -> {
            mailbox.post(() -> order.add("second"));
            order.add("first");
        });
        assertThat(order).containsExactly("first", "second");
    }

    /** Fails when an error ends the thread, or nobody ends what it left undone. */
    @Test
    void post_afterAnErrorInAnEvent_stillRuns() {
        List<String> order = new ArrayList<>();
        Mailbox mailbox = new Mailbox(() -> {
            order.add("after the fault");
            throw new IllegalStateException("broken too");
        });
        mailbox.post(() -> {
            throw new AssertionError("broken on purpose");
        });
        mailbox.post(() -> order.add("next"));
        assertThat(order).containsExactly("after the fault", "next");
    }

    /** Fails when two events run at once: the counter is no atomic one. */
    @Test
    void post_fromManyThreads_runsEachOnceAndOneAtATime() throws Exception {
        Mailbox mailbox = new Mailbox(() -> {});
        int[] count = new int[1];
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int thread = 0; thread < 4; thread++) {
            threads.execute(() -> {
                for (int i = 0; i < 25_000; i++) {
                    mailbox.post(() -> count[0]++);
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        mailbox.post(() -> assertThat(count[0]).isEqualTo(100_000));
        assertThat(count[0]).isEqualTo(100_000);
    }
}
