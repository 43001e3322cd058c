package io.tandemsip.drain;

import java.time.Duration;
import java.util.function.Consumer;

/** Collects what a drain needs; {@link #start()} orders it. Not thread-safe. */
public interface DrainRequest {
    /**
     * Ends the drain after this time even with dialogs left. Without it, it waits for the last one.
     *
     * @param limit more than zero
     * @return this
     */
    DrainRequest deadline(Duration limit);

    /**
     * What to do about dialogs that are left at the deadline. Without it, the drain ends and reports how many there are.
     *
     * @param policy end, or wait on
     * @return this
     */
    DrainRequest atDeadline(StragglerPolicy policy);

    /**
     * Whom to tell of the dialogs that are left at the deadline, for example to send each a BYE. Called at most once, on a
     * listener's thread, whichever the policy; not called if the drain ends before. Where a drain of the node is under
     * way already, that one's action is kept.
     *
     * @param action what to do; what it throws is logged
     * @return this
     */
    DrainRequest onStragglers(Consumer<Stragglers> action);

    /**
     * Why, for people: shown in events, in the node's admin cause and in progress.
     *
     * @param text one line
     * @return this
     */
    DrainRequest reason(String text);

    /**
     * Orders it. When this returns, this router places no new call on the node. If a drain of the node is under way
     * already, the answer is that one, unchanged.
     *
     * @return the handle
     */
    Drain start();
}
