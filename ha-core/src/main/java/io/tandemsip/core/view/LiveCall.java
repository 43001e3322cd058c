package io.tandemsip.core.view;

import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A call that this router has on a node: placed by it, or adopted from a request that carried its cookie. Thread-safe. */
public interface LiveCall {
    /**
     * The Call-ID.
     *
     * @return not empty
     */
    String callId();

    /**
     * The call by the name under which it began.
     *
     * @return Call-ID and the caller's tag
     */
    DialogId dialog();

    /**
     * Its dialogs that are up.
     *
     * @return as the caller names them; while it is being set up, only its {@link #dialog()}
     */
    default List<DialogId> dialogs() {
        return List.of(dialog());
    }

    /**
     * Who has it.
     *
     * @return the node
     */
    LiveNode live();

    /**
     * Whether a dialog is one of this call's.
     *
     * @param dialog in any orientation
     * @return true if it is
     */
    boolean owns(DialogId dialog);

    /**
     * Whether a dialog is known to be this call's, by both tags: of calls with one Call-ID and From tag, from a fork before this
     * router or a spiral, one that rings could own any dialog.
     *
     * @param dialog in any orientation
     * @return true if it is
     */
    default boolean isKnownToOwn(DialogId dialog) {
        return owns(dialog);
    }

    /**
     * A dialog of the call is over; with the last one the call is.
     *
     * @param dialog in any orientation
     * @param how how it ended
     * @return done, never failed, when that is written, or as soon as it is in doubt when it will be
     */
    CompletionStage<Void> dialogEnded(DialogId dialog, DialogEnd how);

    /**
     * The whole call is over.
     *
     * @param how how it ended
     * @return false if it was over before
     */
    boolean end(DialogEnd how);

    /**
     * It was heard of.
     *
     * @param expiresAtNanos until when it may now be silent; never shortens
     */
    void livesUntil(long expiresAtNanos);

    /**
     * Until when it may be silent.
     *
     * @return on the loop's ticker
     */
    long expiresAtNanos();

    /**
     * When it began.
     *
     * @return on the loop's ticker
     */
    long begunAtNanos();

    /**
     * Whether it was entered among the calls that requests are looked up in.
     *
     * @return false for one whose INVITE never left
     */
    boolean isKnownByCallId();

    /**
     * Whether it is up, rather than being set up.
     *
     * @return true after a 2xx
     */
    boolean isConfirmed();

    /**
     * The node is in another life now. If the call was there before, it ended with the former one; else it may be of either, which the
     * node alone can tell.
     *
     * @param provenNanos when the node was last seen in its former life, on the loop's ticker
     */
    void nodeRestarted(long provenNanos);

    /**
     * The same, while it is open whether another node gets what the former life had: what is known not to be of that life is known by
     * the present one at once, and nothing ends yet.
     *
     * @param provenNanos when the node was last seen in its former life, on the loop's ticker
     */
    default void nodeRestartSeen(long provenNanos) {}

    /**
     * Another node has the call from now on, and it counts there, if it is up and was where it is before that. What its node took
     * after it lost its dialogs stays.
     *
     * @param taker which node, and in which life: a restart that begins this life ends nothing
     * @param epoch below which its node lost its dialogs
     */
    void moveTo(Taker taker, long epoch);
}
