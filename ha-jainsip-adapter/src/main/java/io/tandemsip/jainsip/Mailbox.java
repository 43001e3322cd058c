package io.tandemsip.jainsip;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the events of one call one after the other, on whichever thread brings them: who comes while another runs leaves
 * its event and goes. So no thread of the stack ever waits for a call, and none holds the stack's lock of one
 * transaction while it wants another's. Thread-safe.
 */
final class Mailbox {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final Runnable afterFault;
    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    /**
     * Without events.
     *
     * @param afterFault is run as part of an event that threw, in place of what that left undone
     */
    Mailbox(Runnable afterFault) {
        this.afterFault = afterFault;
    }

    /** Runs an event, now or right after those that are before it. */
    void post(Runnable event) {
        events.add(event);
        if (pending.getAndIncrement() > 0) {
            return;
        }
        do {
            runNext();
        } while (pending.decrementAndGet() > 0);
    }

    private void runNext() {
        Runnable event = events.poll();
        if (event == null) {
            throw new IllegalStateException("an event was counted and is not there");
        }
        try {
            event.run();
        } catch (Throwable broken) { // an Error that reaches the stack ends its only thread
            LOG.error("an event of a call broke", broken);
            afterFault();
        }
    }

    private void afterFault() {
        try {
            afterFault.run();
        } catch (Throwable broken) { // as above
            LOG.error("the end of a call broke", broken);
        }
    }
}
