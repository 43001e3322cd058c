package io.tandemsip.drain;

import java.time.Duration;

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
