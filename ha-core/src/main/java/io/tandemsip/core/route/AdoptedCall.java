package io.tandemsip.core.route;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.Taker;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A call that was placed by another router, or before a restart of this one. Thread-safe. */
final class AdoptedCall implements LiveCall {
    private final RoutingPath path;
    private final DialogId dialog;
    private volatile LiveNode live;
    private volatile @Nullable Taker successor;

    /** Under which its node has it. */
    private volatile long epoch;

    private final long begunAtNanos;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long expiresAtNanos;

    AdoptedCall(RoutingPath path, DialogId dialog, LiveNode live, long expiresAtNanos) {
        this.path = path;
        this.dialog = dialog.canonical();
        this.live = live;
        epoch = live.identity().epoch();
        this.expiresAtNanos = expiresAtNanos;
        begunAtNanos = path.nowNanos();
    }

    /** Whether it is counted from now on, since no other call has its dialog. */
    boolean begin() {
        if (!path.calls().addIfAlone(this)) {
            return false;
        }
        live.places().take(this, Map.of());
        if (over.get()) {
            live.places().giveBack(this, Map.of());
        }
        return true;
    }

    @Override
    public String callId() {
        return dialog.callId();
    }

    @Override
    public DialogId dialog() {
        return dialog;
    }

    @Override
    public LiveNode live() {
        return live;
    }

    @Override
    public boolean owns(DialogId other) {
        return other.canonical().equals(dialog);
    }

    @Override
    public CompletionStage<Void> dialogEnded(DialogId ended, DialogEnd how) {
        return release() ? path.bindings().end(dialog, how) : CompletableFuture.completedStage(null);
    }

    @Override
    public boolean end(DialogEnd how) {
        boolean ends = release();
        if (ends) {
            path.bindings().end(dialog, how);
        }
        return ends;
    }

    /** Gives its place back and says nothing of the dialog: the call that it is of has one of its own, or it had ended before. */
    void givesWay() {
        release();
    }

    private boolean release() {
        boolean ends = over.compareAndSet(false, true);
        if (ends) {
            path.release(this, Map.of());
        }
        return ends;
    }

    @Override
    public void livesUntil(long untilNanos) {
        if (untilNanos - expiresAtNanos > 0) {
            expiresAtNanos = untilNanos;
        }
    }

    @Override
    public long expiresAtNanos() {
        return expiresAtNanos;
    }

    @Override
    public long begunAtNanos() {
        return begunAtNanos;
    }

    @Override
    public boolean isKnownByCallId() {
        return true;
    }

    @Override
    public boolean isConfirmed() {
        return true;
    }

    /** The router that placed it knows when it began; this one forgets it where it can't tell, and asks with its next request. */
    @Override
    public void nodeRestarted(long provenNanos) {
        Taker moved = successor;
        if (moved != null && moved.tookThemInThisLife()) {
            return;
        }
        end(begunAtNanos - provenNanos > 0 ? DialogEnd.EXPIRED : DialogEnd.UNKNOWN_TO_OWNER);
    }

    /** Who ends it meanwhile gives back the one place or the other; both is harmless. */
    @Override
    public void moveTo(Taker taker, long below) {
        if (epoch >= below) {
            return;
        }
        epoch = below;
        LiveNode before = live;
        taker.live().places().take(this, Map.of());
        successor = taker;
        live = taker.live();
        before.places().giveBack(this, Map.of());
        if (over.get()) {
            taker.live().places().giveBack(this, Map.of());
        }
    }

    /** By when it began, not by where it is in memory: what is done to all calls of a node is done in the same order. */
    @Override
    public int hashCode() {
        return Nanos.spread(begunAtNanos);
    }
}
