package io.tandemsip.core.route;

import io.tandemsip.core.view.LiveNode;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * The dialogs of one attempt from when its request was sent on: which there are, one for each phone that a node forked to, and what near
 * cache and store are told of them. Thread-safe.
 */
final class CallDialogs {
    private static final AtomicReferenceFieldUpdater<CallDialogs, Dialogs> NOW =
            AtomicReferenceFieldUpdater.newUpdater(CallDialogs.class, Dialogs.class, "now");

    private final Attempt attempt;
    private final Bindings bindings;
    private volatile Dialogs now = Dialogs.NONE;

    /** Without any but the one that its request began. */
    CallDialogs(Attempt attempt, Bindings bindings) {
        this.attempt = attempt;
        this.bindings = bindings;
    }

    // --- which there are ---

    boolean knows(String tag) {
        return now.knows(tag);
    }

    boolean isAnyUp() {
        return !now.confirmed().isEmpty();
    }

    /** Whether it was over before it was heard of that it was up, and no other is. */
    boolean endedBefore(String toTag) {
        return !isAnyUp() && now.ended().contains(toTag);
    }

    /** Those that are up. */
    List<DialogId> confirmed() {
        return now.confirmed().stream().map(this::dialog).toList();
    }

    // --- what happens to them ---

    /** By Call-ID and From tag alone: no response with a tag came yet. */
    void bindFirst() {
        bindings.bind(binding(attempt.dialog(), DialogPhase.EARLY), Duration.ZERO);
    }

    /** A provisional response. */
    void rings(String toTag) {
        if (!NOW.getAndUpdate(this, known -> known.withEarly(toTag)).knows(toTag)) {
            bindings.bind(binding(dialog(toTag), DialogPhase.EARLY), Duration.ZERO);
        }
    }

    /**
     * A 2xx.
     *
     * @return whether it was not known to be up, or over
     */
    boolean isUp(String toTag, Duration sessionInterval) {
        Dialogs before = NOW.getAndUpdate(this, known -> known.withConfirmed(toTag));
        boolean isNew = !before.confirmed().contains(toTag) && !before.ended().contains(toTag);
        if (isNew) {
            bindings.bind(binding(dialog(toTag), DialogPhase.CONFIRMED), sessionInterval);
        }
        return isNew;
    }

    /** One of them is over. */
    CompletionStage<Void> ended(DialogId dialog, DialogEnd how) {
        DialogId own = attempt.dialog();
        String tag = dialog.fromTag().equals(own.fromTag()) ? dialog.toTag() : dialog.fromTag();
        NOW.updateAndGet(this, before -> before.without(tag));
        return bindings.end(dialog, how);
    }

    /** None was up; a 2xx that crosses this may make one of them. */
    void giveUp() {
        bindings.end(attempt.dialog(), DialogEnd.NOT_ESTABLISHED);
        now.early().forEach(tag -> bindings.giveUp(dialog(tag)));
    }

    /** All of them are over. */
    void forget(DialogEnd how) {
        Dialogs known = now;
        bindings.end(attempt.dialog(), how);
        known.early().forEach(tag -> bindings.end(dialog(tag), how));
        known.confirmed().forEach(tag -> bindings.end(dialog(tag), how));
    }

    /** Their node's life turned out to be another than it was thought to be. */
    void rebind() {
        Dialogs known = now;
        bindings.renew(binding(attempt.dialog(), DialogPhase.EARLY));
        known.early().forEach(tag -> bindings.renew(binding(dialog(tag), DialogPhase.EARLY)));
        known.confirmed().forEach(tag -> bindings.renew(binding(dialog(tag), DialogPhase.CONFIRMED)));
    }

    /** Of one fork. */
    DialogId dialog(String toTag) {
        DialogId own = attempt.dialog();
        return new DialogId(own.callId(), own.fromTag(), toTag);
    }

    private DialogBinding binding(DialogId dialog, DialogPhase phase) {
        LiveNode.Identity at = attempt.identity();
        return new DialogBinding(dialog, attempt.node().id(), at.incarnation(), at.epoch(), phase);
    }
}
