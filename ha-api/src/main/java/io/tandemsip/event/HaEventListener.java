package io.tandemsip.event;

/** Is told what happened. */
@FunctionalInterface
public interface HaEventListener {
    /**
     * Called for one event at a time, in order, on a listener's thread, never on the control loop or the routing path.
     * A slow listener delays only itself: beyond a bound its oldest events are dropped and it is told how many.
     *
     * @param event what happened
     */
    void on(HaEvent event);
}
