package io.tandemsip.core.health;

/** What a {@link FlapMachine} is told. Each carries the moment at which it is handled. Each is immutable. */
public sealed interface FlapEvent {
    /**
     * When it is handled.
     *
     * @return nanoseconds on the loop's ticker
     */
    long nowNanos();

    /**
     * The node fell.
     *
     * @param nowNanos when it is handled
     * @param confirmed whether it is down, and was suspect before; else it became suspect
     */
    record Fell(long nowNanos, boolean confirmed) implements FlapEvent {}

    /**
     * The timer is due.
     *
     * @param nowNanos when it is handled
     */
    record TimerDue(long nowNanos) implements FlapEvent {}
}
