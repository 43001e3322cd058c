package io.tandemsip.event;

/** How another router of the service came or went. */
public enum RouterPresence {
    /** It says that it is there. */
    JOINED,
    /** It said that it ends. */
    LEFT,
    /** It has said nothing for as long as a heartbeat lives: it was killed, or is cut off from the shared state. */
    EXPIRED
}
