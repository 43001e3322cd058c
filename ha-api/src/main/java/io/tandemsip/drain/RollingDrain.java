package io.tandemsip.drain;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A rolling drain that is under way or over: to wait on, watch, cancel. Thread-safe. */
public interface RollingDrain {
    /**
     * What was ordered.
     *
     * @return the plan
     */
    RollingDrainPlan plan();

    /**
     * How far it has come, as of now.
     *
     * @return the progress
     */
    RollingDrainProgress progress();

    /**
     * Completed once, when it ended in whichever way. Never fails.
     *
     * @return the last progress
     */
    CompletionStage<RollingDrainProgress> completion();

    /**
     * Called with the progress now and after each change, on a listener's thread; a slow listener misses steps in
     * between, never the last one.
     *
     * @param listener whom to tell
     */
    void onProgress(Consumer<RollingDrainProgress> listener);

    /**
     * Ends it: puts the nodes that are away back into service, leaves those that are done, begins no other. Work that is
     * under way on a node is not interrupted. Without effect once it ended.
     *
     * @return completed when in force, with the progress that stands then
     */
    CompletionStage<RollingDrainProgress> cancel();
}
