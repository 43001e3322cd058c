package io.tandemsip.core.health;

/** Whether calls come out so badly on a node that it is kept from new ones. */
public enum OutlierState {
    /** It takes part. */
    IN,
    /** It is kept out for a time. */
    EJECTED,
    /** The time is over: one call may try it. */
    TRIAL
}
