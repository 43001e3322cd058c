package io.tandemsip.drain;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A drain that is under way or over: to wait on, watch, cancel. Thread-safe. */
public interface Drain {
    /**
     * What was ordered.
     *
     * @return the plan
     */
    DrainPlan plan();

    /**
     * How far it has come, as of now.
     *
     * @return the progress
     */
    DrainProgress progress();

    /**
     * Completed once, when it ended in whichever way, on an effect runner. Never fails.
     *
     * @return the last progress
     */
    CompletionStage<DrainProgress> completion();

    /**
     * Called with the progress now and after each change, on a listener's thread; a slow listener misses steps in
     * between, never the last one.
     *
     * @param listener whom to tell
     */
    void onProgress(Consumer<DrainProgress> listener);

    /**
     * Ends it and restores the admin state that the node had before. Without effect once it ended.
     *
     * @return completed when in force, with the progress that stands then
     */
    CompletionStage<DrainProgress> cancel();
}
