package io.tandemsip.core.route;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.node.AdminState;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Learns of calls of this router whose end passed through another one, which can't tell: where each request may come through any
 * router, a call would count here until it was silent for its whole time to live, and a drain would wait for it. The dialog store is asked
 * about each call that is up, every {@value #ROUND} seconds, and every second while its node is drained; only a tombstone ends it, so that a store that lost its
 * data ends nothing. Runs on the control loop; the store is called on the executor.
 */
final class EndsElsewhere {
    /** Three rounds fit into the 32 s that a tombstone stands. */
    static final int ROUND = 10;

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_AT_ONCE = 2_000;

    private final RoutingPath path;
    private final DialogStore store;
    private final Executor executor;
    private final Loop loop;
    private final BooleanSupplier hasOthers;
    private final AtomicInteger underWay = new AtomicInteger();
    private int turn;
    private volatile boolean hadOthers;

    /**
     * Asks nothing yet.
     *
     * @param path has the calls
     * @param store knows how they ended
     * @param executor calls the store
     * @param loop times it
     * @param hasOthers whether there is another router now; asked on the loop
     */
    EndsElsewhere(RoutingPath path, DialogStore store, Executor executor, Loop loop, BooleanSupplier hasOthers) {
        this.path = path;
        this.store = store;
        this.executor = executor;
        this.loop = loop;
        this.hasOthers = hasOthers;
    }

    void start() {
        loop.schedule(LOOK_NANOS, this::look);
    }

    /** Whether another router may count the same calls. Any thread; true within a second of it. */
    boolean mayCountElsewhere() {
        return hadOthers;
    }

    private void look() {
        loop.schedule(LOOK_NANOS, this::look);
        turn = (turn + 1) % ROUND;
        hadOthers = hadOthers || hasOthers.getAsBoolean(); // what passed through one that is lost now counts too
        if (hadOthers) {
            boolean anyDrains = path.view().nodes().stream().anyMatch(EndsElsewhere::isDraining);
            path.calls().forEach(call -> consider(call, anyDrains));
        }
    }

    private void consider(LiveCall call, boolean anyDrains) {
        boolean due = Math.floorMod(call.hashCode(), ROUND) == turn || (anyDrains && isDraining(call));
        if (due && call.isConfirmed() && underWay.get() < MOST_AT_ONCE) {
            call.dialogs().forEach(dialog -> ask(call, dialog));
        }
    }

    private boolean isDraining(LiveCall call) {
        NodeStatus status = path.view().node(call.live().id());
        return status != null && isDraining(status);
    }

    private static boolean isDraining(NodeStatus status) {
        return status.admin() == AdminState.DRAINING;
    }

    private void ask(LiveCall call, DialogId dialog) {
        underWay.incrementAndGet();
        try {
            executor.execute(() -> find(call, dialog));
        } catch (RejectedExecutionException noThread) {
            underWay.decrementAndGet(); // the next round asks again
        }
    }

    private void find(LiveCall call, DialogId dialog) {
        CompletionStage<DialogLookup> found;
        try {
            found = store.find(dialog);
        } catch (RuntimeException | Error broken) {
            underWay.decrementAndGet(); // as above
            return;
        }
        found.whenComplete((lookup, failure) -> {
            underWay.decrementAndGet();
            if (lookup instanceof DialogLookup.Ended) {
                loop.execute(() -> call.dialogEnded(dialog, DialogEnd.OTHER));
            }
        });
    }
}
