package io.tandemsip.core.event;

import io.tandemsip.core.jfr.TransitionEvent;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.HaEventListener;
import io.tandemsip.event.Subscription;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to listeners, each at its own pace, and remembers the last ones. Publishing never waits. Thread-safe.
 */
public final class EventBus {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandemsip.events");

    private final Executor executor;
    private final InstantSource clock;
    private final RecentEvents recent = new RecentEvents();
    private final List<Mailbox> mailboxes = new CopyOnWriteArrayList<>();

    /**
     * A bus without listeners.
     *
     * @param executor runs listeners
     * @param clock tells wall-clock time
     */
    public EventBus(Executor executor, InstantSource clock) {
        this.executor = executor;
        this.clock = clock;
    }

    /**
     * Wall-clock time for an event's stamp.
     *
     * @return the source
     */
    public InstantSource clock() {
        return clock;
    }

    /**
     * Tells all listeners.
     *
     * @param event what happened
     */
    public void publish(HaEvent event) {
        TransitionEvent.record(event);
        recent.add(event);
        LOG.info("{}", event);
        for (Mailbox mailbox : mailboxes) {
            mailbox.offer(event);
        }
    }

    /**
     * Tells a listener from now on.
     *
     * @param listener whom
     * @return ends it
     */
    public Subscription listen(HaEventListener listener) {
        Mailbox mailbox = new Mailbox(listener, executor, clock);
        mailboxes.add(mailbox);
        return () -> mailboxes.remove(mailbox);
    }

    /**
     * The last events.
     *
     * @return oldest first
     */
    public List<HaEvent> recent() {
        return recent.list();
    }
}
