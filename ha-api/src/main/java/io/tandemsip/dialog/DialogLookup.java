package io.tandemsip.dialog;

import java.util.Objects;

/** What a store knows of a dialog. */
public sealed interface DialogLookup {
    /**
     * It has an owner.
     *
     * @param binding the dialog's own binding, or the early one of the INVITE that it came from
     */
    record Found(DialogBinding binding) implements DialogLookup {
        /** Checks that nothing is missing. */
        public Found {
            Objects.requireNonNull(binding, "binding");
        }
    }

    /** It has ended not long ago. */
    record Ended() implements DialogLookup {}

    /** Nothing is known of it. */
    record Absent() implements DialogLookup {}
}
