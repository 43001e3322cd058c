package io.tandemsip.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.event.HaEvent;
import io.tandemsip.event.HaEventListener;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** S1: events from several threads for one listener, whose executor has several threads as well. */
class MailboxRaceTest {
    private static final int PRODUCERS = 2;
    private static final int EVENTS = 20_000;
    private static final long GIVE_UP_SECONDS = 30;

    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /**
     * The listener is told one thing at a time, each thread's events in their order, and how many it missed: none is lost
     * without a word.
     *
     * <p>Fails when {@code run} does not ask whether somebody delivers already; when {@code tellMissed} reads the number
     * and then sets it to zero.
     */
    @Test
    void events_areToldInOrder_oneAtATime_orCountedAsMissed() throws InterruptedException {
        long[] last = new long[PRODUCERS];
        AtomicInteger inside = new AtomicInteger();
        AtomicReference<String> wrong = new AtomicReference<>("");
        CountDownLatch all = new CountDownLatch(PRODUCERS * EVENTS);
        Mailbox mailbox = mailbox(event -> {
            if (inside.incrementAndGet() != 1) {
                wrong.set("two at a time: " + event);
            }
            if (event instanceof HaEvent.PartFailed told) {
                int producer = Integer.parseInt(told.what());
                if (told.count() <= last[producer]) {
                    wrong.set(told.count() + " of " + producer + " after " + last[producer]);
                }
                last[producer] = told.count();
                all.countDown();
            } else if (event instanceof HaEvent.EventsMissed missed) {
                for (long i = 0; i < missed.count(); i++) {
                    all.countDown();
                }
            }
            inside.decrementAndGet();
        });
        for (int producer = 0; producer < PRODUCERS; producer++) {
            int me = producer;
            new Thread(() -> {
                        for (int i = 1; i <= EVENTS; i++) {
                            mailbox.offer(event(me, i));
                        }
                    })
                    .start();
        }
        assertThat(all.await(GIVE_UP_SECONDS, TimeUnit.SECONDS))
                .as("all told or counted; %s are not", all.getCount())
                .isTrue();
        assertThat(wrong).hasValue("");
    }

    private Mailbox mailbox(HaEventListener listener) {
        return new Mailbox(listener, threads, InstantSource.fixed(Instant.EPOCH));
    }

    private static HaEvent event(int producer, long number) {
        return new HaEvent.PartFailed(Instant.EPOCH, Integer.toString(producer), number, "race");
    }
}
