package io.tandemsip.core.route;

import io.tandemsip.core.view.LiveNode;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Where attempts write down who owns a dialog. Never blocks; what can't be written now is written later. Thread-safe. */
interface Bindings {
    /** Remembers an owner for the time to live of the binding's phase, or of the session if that has an interval. */
    void bind(DialogBinding binding, Duration sessionInterval);

    /** Binds anew what is bound already, under another life of the same owner; it stands for as long as it did. */
    void renew(DialogBinding binding);

    /**
     * Forgets a dialog; a tombstone stays for one that was more than early, and was not just silent for too long. Done, never failed, when
     * that is written, or as soon as it is in doubt when it will be.
     */
    CompletionStage<Void> end(DialogId dialog, DialogEnd how);

    /**
     * A dialog that rang was given up. Its answer may cross that, and other routers ask the store what has ended: so nothing is told to the
     * store, where the binding of what rang stands for its time to live.
     */
    void giveUp(DialogId dialog);

    /** Whether a dialog has ended, as far as that is remembered. */
    boolean hasEnded(DialogId dialog);

    /** The value for the Record-Route parameter. */
    String cookie(String callId, String callerTag, LiveNode live, LiveNode.Identity identity);
}
