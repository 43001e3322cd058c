package io.tandemsip.core.event;

import io.tandemsip.event.HaEvent;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** The last 256 events. Thread-safe. */
final class RecentEvents {
    private static final int MOST = 256;

    private final ConcurrentLinkedDeque<HaEvent> events = new ConcurrentLinkedDeque<>();
    private final AtomicInteger size = new AtomicInteger();

    void add(HaEvent event) {
        events.addLast(event);
        if (size.incrementAndGet() > MOST && events.pollFirst() != null) {
            size.decrementAndGet();
        }
    }

    List<HaEvent> list() {
        return List.copyOf(events);
    }
}
