package io.tandemsip.dialog;

/** What answered the question who owns a dialog. */
public enum AffinityTier {
    /** The signed cookie that the request carries. */
    COOKIE,
    /** What this router remembers. */
    NEAR_CACHE,
    /** The dialog store. */
    STORE,
    /** The table of take-overs, which outranks all others. */
    TAKEOVER
}
