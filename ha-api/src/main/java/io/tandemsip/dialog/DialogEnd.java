package io.tandemsip.dialog;

/** How a dialog ended. */
public enum DialogEnd {
    /** A BYE was answered. */
    BYE,
    /** The owner no longer knows it (481), or cannot be reached by it (408 to a BYE). */
    UNKNOWN_TO_OWNER,
    /** Its INVITE got a final failure, or was given up. */
    NOT_ESTABLISHED,
    /** It was silent for longer than its time to live. */
    EXPIRED,
    /** Its subscription or session ended otherwise. */
    OTHER
}
