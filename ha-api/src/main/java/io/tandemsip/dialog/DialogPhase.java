package io.tandemsip.dialog;

/** How far a dialog has come. */
public enum DialogPhase {
    /** The INVITE was sent; no 2xx has come. */
    EARLY,
    /** A 2xx has come. */
    CONFIRMED
}
