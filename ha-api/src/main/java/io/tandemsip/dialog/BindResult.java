package io.tandemsip.dialog;

import java.util.Objects;

/** What became of an attempt to bind a dialog. */
public sealed interface BindResult {
    /**
     * The binding stands: it was written, or an equal one stood already.
     *
     * @param binding what the store holds now
     */
    record Bound(DialogBinding binding) implements BindResult {
        /** Checks that nothing is missing. */
        public Bound {
            Objects.requireNonNull(binding, "binding");
        }
    }

    /**
     * Another node owns the dialog under the same or a higher epoch; nothing was written.
     *
     * @param binding the binding that stands
     */
    record OwnedByOther(DialogBinding binding) implements BindResult {
        /** Checks that nothing is missing. */
        public OwnedByOther {
            Objects.requireNonNull(binding, "binding");
        }
    }

    /** The dialog has ended and its tombstone stands; nothing was written. */
    record AlreadyEnded() implements BindResult {}

    /**
     * The owner's epoch was raised by a take-over; nothing was written.
     *
     * @param currentEpoch the lowest epoch under which the owner may bind
     */
    record Fenced(long currentEpoch) implements BindResult {}
}
