package io.tandemsip.dialog;

import java.util.Objects;

/**
 * Names a dialog: Call-ID and both tags (RFC 3261 section 12). A request of the caller and one of the callee carry the
 * tags in opposite orientations and name the same dialog: compare {@link #canonical()} forms. With an empty to-tag it
 * names what is known while the INVITE is under way: all dialogs that may come of it. Immutable.
 *
 * @param callId the Call-ID, not empty
 * @param fromTag the From tag of the request at hand; empty for peers that send none (RFC 2543)
 * @param toTag the To tag of the request at hand; empty before the first response that carries one
 */
public record DialogId(String callId, String fromTag, String toTag) {
    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the Call-ID is empty
     */
    public DialogId {
        Objects.requireNonNull(callId, "callId");
        Objects.requireNonNull(fromTag, "fromTag");
        Objects.requireNonNull(toTag, "toTag");
        if (callId.isEmpty()) {
            throw new IllegalArgumentException("Call-ID: empty; expected the value of the Call-ID header");
        }
    }

    /**
     * The name before a to-tag is known.
     *
     * @param callId the Call-ID
     * @param callerTag the From tag of the INVITE
     * @return the id with an empty to-tag
     */
    public static DialogId early(String callId, String callerTag) {
        return new DialogId(callId, callerTag, "");
    }

    /**
     * Whether no to-tag is known.
     *
     * @return true before the first response with a tag
     */
    public boolean isEarly() {
        return toTag.isEmpty();
    }

    /**
     * The same dialog as the other side names it.
     *
     * @return the id with the tags swapped
     */
    public DialogId reversed() {
        return new DialogId(callId, toTag, fromTag);
    }

    /**
     * One form for both orientations, fit as a key. An early id is its own canonical form.
     *
     * @return the id with its tags in lexical order
     */
    public DialogId canonical() {
        return isEarly() || fromTag.compareTo(toTag) <= 0 ? this : reversed();
    }
}
