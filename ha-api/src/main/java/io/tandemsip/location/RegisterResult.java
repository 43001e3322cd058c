package io.tandemsip.location;

import java.util.List;
import java.util.Objects;

/** What became of a REGISTER. */
public sealed interface RegisterResult {
    /**
     * Written as a whole.
     *
     * @param contacts all that stand now, highest q first
     */
    record Registered(List<ContactBinding> contacts) implements RegisterResult {
        /** Copies the list. */
        public Registered {
            contacts = List.copyOf(contacts);
        }
    }

    /**
     * A newer REGISTER of the same Call-ID stood (RFC 3261 section 10.3 step 7); nothing was written.
     *
     * @param standing the contact that was in the way
     */
    record OutOfOrder(ContactBinding standing) implements RegisterResult {
        /** Checks that nothing is missing. */
        public OutOfOrder {
            Objects.requireNonNull(standing, "standing");
        }
    }
}
