package io.tandemsip.dialog;

import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Remembers which node owns which dialog. Implemented by back ends; proved by {@code DialogStoreContract} in this
 * module's test-jar.
 *
 * <p>Guarantees: each call is atomic for its dialog; ids are compared in their {@linkplain DialogId#canonical()
 * canonical} form; entries expire by the store's own clock, never by a caller's. No method blocks. Arguments out of range are refused at once by an {@link IllegalArgumentException}; other failures
 * complete the stage with a {@link io.tandemsip.error.StoreUnavailableException} (surely not done) or a
 * {@link io.tandemsip.error.StoreTimeoutException} (may have been done). All writes are idempotent, so that an unknown
 * outcome may be tried again. Thread-safe.
 */
public interface DialogStore extends AutoCloseable {
    /**
     * Binds a dialog to its owner. Written if nothing stands, if the same owner stands under the same or a lower epoch,
     * or if another owner stands under a lower epoch. A confirmed binding never becomes early again.
     *
     * @param binding what to write
     * @param timeToLive how long it stands without a refresh; more than zero
     * @return what became of it
     */
    CompletionStage<BindResult> bind(DialogBinding binding, Duration timeToLive);

    /**
     * Finds the owner of a dialog. The exact dialog comes first; else the early binding under either of its tags, since
     * a fork may not have been bound yet.
     *
     * @param dialog the dialog in any orientation; early to find what an INVITE bound
     * @return what is known; never fails for an unknown dialog
     */
    CompletionStage<DialogLookup> find(DialogId dialog);

    /**
     * Lets a binding live on.
     *
     * @param dialog the dialog in any orientation
     * @param timeToLive from now on; more than zero; never shortens what is left
     * @return false if there was nothing to refresh
     */
    CompletionStage<Boolean> refresh(DialogId dialog, Duration timeToLive);

    /**
     * Ends a dialog and leaves a tombstone, so that retransmissions are told from unknown dialogs and a late bind does
     * not raise it again. An early binding is removed without one, since the same INVITE comes again with the same
     * Call-ID and From tag: after a challenge, and at the next node.
     *
     * @param dialog the dialog in any orientation; an early id removes that early binding only
     * @param tombstone how long the tombstone stands; more than zero
     * @return true if a binding stood and was ended by this call
     */
    CompletionStage<Boolean> end(DialogId dialog, Duration tombstone);

    /**
     * Refuses from now on every bind of this owner under a lower epoch. Never lowers what stands.
     *
     * @param owner the node that is fenced
     * @param epoch the lowest epoch under which it may bind
     * @return the epoch that stands
     */
    CompletionStage<Long> fence(NodeId owner, long epoch);

    /**
     * How many confirmed dialogs a node owns, through whichever router they were bound.
     *
     * @param owner the node
     * @return dialogs that have neither ended nor expired
     */
    CompletionStage<Long> count(NodeId owner);

    /**
     * Lists a node's bindings, early ones included, in no particular order. A binding that stands during the whole
     * listing is given at least once.
     *
     * @param owner the node
     * @param cursor empty for the first page, then {@link DialogPage#nextCursor()}
     * @param limit how many at most, 1 to 10,000
     * @return one page
     */
    CompletionStage<DialogPage> list(NodeId owner, String cursor, int limit);

    /** Gives back what it holds; idempotent. What is called afterwards fails as unavailable. */
    @Override
    void close();
}
