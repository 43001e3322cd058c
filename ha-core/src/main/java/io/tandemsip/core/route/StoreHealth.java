package io.tandemsip.core.route;

import io.tandemsip.StoreStatus;
import io.tandemsip.core.affinity.BindingWriter;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.StoreOutagePolicy;
import io.tandemsip.event.HaEvent;
import java.time.Duration;
import java.time.InstantSource;

/** Whether the stores are there, and what follows if one is not. Thread-safe. */
final class StoreHealth {
    private static final DialogId NO_DIALOG = new DialogId("tandem-is-there", "a", "b");

    private final InstantSource clock;
    private final EventBus events;
    private final StoreOutagePolicy outage;
    private final BindingWriter writer;
    private final RoutingPath path;
    private volatile String dialogsAway = "";
    private volatile String sharedAway = "";

    StoreHealth(
            InstantSource clock, EventBus events, StoreOutagePolicy outage, BindingWriter writer, RoutingPath path) {
        this.clock = clock;
        this.events = events;
        this.outage = outage;
        this.writer = writer;
        this.path = path;
    }

    /** The dialog store went, or is back. */
    void dialogs(boolean available, int pending, long dropped, String cause) {
        dialogsAway = available ? "" : "dialog store: " + cause;
        path.refuseCalls(!available && outage.newCalls() == StoreOutagePolicy.NewCalls.CLOSED);
        events.publish(new HaEvent.StoreChanged(clock.instant(), "dialog store", available, pending, dropped, cause));
    }

    /**
     * The shared state went, or is back. A router with nothing to write would not see that the dialog store went too: it is asked for a
     * dialog that is none.
     */
    void shared(boolean available, int pending, String cause) {
        sharedAway = available ? "" : "shared state: " + cause;
        if (!available) {
            writer.refresh(NO_DIALOG, Duration.ofSeconds(1));
        }
        events.publish(new HaEvent.StoreChanged(clock.instant(), "shared state", available, pending, 0, cause));
    }

    StoreStatus status() {
        String dialogs = dialogsAway;
        String shared = sharedAway;
        String both = dialogs.isEmpty() || shared.isEmpty() ? dialogs + shared : dialogs + "; " + shared;
        return new StoreStatus(dialogs.isEmpty(), shared.isEmpty(), Math.max(0, writer.pending()), both);
    }
}
