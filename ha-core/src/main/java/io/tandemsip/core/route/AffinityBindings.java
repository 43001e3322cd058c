package io.tandemsip.core.route;

import io.tandemsip.core.affinity.BindingWriter;
import io.tandemsip.core.affinity.CookieCodec;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.affinity.NearCache;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Writes owners down in the near cache at once, and in the store as soon as can be. Thread-safe. */
final class AffinityBindings implements Bindings {
    private final CookieCodec codec;
    private final NearCache near;
    private final BindingWriter writer;
    private final DialogTimes times;

    AffinityBindings(CookieCodec codec, NearCache near, BindingWriter writer, DialogTimes times) {
        this.codec = codec;
        this.near = near;
        this.writer = writer;
        this.times = times;
    }

    @Override
    public void bind(DialogBinding binding, Duration sessionInterval) {
        long lifeNanos =
                binding.phase() == DialogPhase.EARLY ? times.earlyNanos() : times.confirmedNanos(sessionInterval);
        if (near.put(binding, lifeNanos)) {
            writer.bind(binding, Duration.ofNanos(lifeNanos));
        }
    }

    @Override
    public void renew(DialogBinding binding) {
        long lifeNanos = near.lifeNanos(
                binding.dialog(),
                binding.phase() == DialogPhase.EARLY ? times.earlyNanos() : times.confirmedNanos(Duration.ZERO));
        if (near.put(binding, lifeNanos)) {
            writer.bind(binding, Duration.ofNanos(lifeNanos));
        }
    }

    @Override
    public CompletionStage<Void> end(DialogId dialog, DialogEnd how) {
        if (how == DialogEnd.EXPIRED) {
            near.forget(dialog); // it may live, through another router: the store lets go of it by itself
            return CompletableFuture.completedStage(null);
        }
        near.end(dialog, Nanos.of(times.tombstone()));
        return writer.end(dialog, times.tombstone());
    }

    @Override
    public void giveUp(DialogId dialog) {
        near.giveUp(dialog, Nanos.of(times.tombstone()));
    }

    @Override
    public boolean hasEnded(DialogId dialog) {
        return near.hasEnded(dialog);
    }

    /** A dialog has a session interval from now on, or lives. */
    void refreshed(DialogId dialog, Duration sessionInterval) {
        DialogBinding known = sessionInterval.isZero() ? null : near.binding(dialog);
        if (known != null) {
            bind(known, sessionInterval);
        }
    }

    @Override
    public String cookie(String callId, String callerTag, LiveNode live, LiveNode.Identity identity) {
        return codec.write(callId, callerTag, live.id(), identity.incarnation(), identity.epoch());
    }
}
