package io.tandemsip.core.health;

/** Whether a node came and went so often that it is held back. */
public enum FlapState {
    /** It may come in as soon as it is healthy. */
    FREE,
    /** It is held back, however healthy. */
    HELD
}
