package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.node.NodeId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sip.message.Response;

/**
 * What decides over a request's way while its response context does the SIP: a placed call, a request within a dialog, a
 * registration, a request to a registered user. Called for one event at a time.
 */
interface Course {
    /** Done. */
    CompletableFuture<Void> NOTHING_TO_DO = CompletableFuture.completedFuture(null);

    /**
     * Finds out where the request goes first; may come back later, from another thread. What it gives decides: it is asked once, as
     * one of the events, unless the caller has its answer by then.
     */
    void begin(Consumer<Supplier<Step>> next);

    /** The request is about to leave. What is given takes the advice to give the branch up. */
    void sending(Consumer<Failure> lost);

    /** Who was asked wants less, or as much again; said with a response, before that is told. */
    void controlled(OverloadFeedback feedback);

    /** A provisional response came. */
    void progressed(Response response);

    /**
     * A 2xx came.
     *
     * @return true if it is to be relayed; false if its dialog is to be ended here
     */
    boolean answered(Response response);

    /** The branch failed; with the response, if it was one. */
    Step failed(Failure failure, Optional<Response> response);

    /**
     * What has to be done before the last answer leaves, because nobody asks again who has it. It waits for that, but not for long.
     *
     * @return done, never failed, if there is nothing
     */
    default CompletableFuture<Void> settled() {
        return NOTHING_TO_DO;
    }

    /**
     * The dialogs of a node that was asked perhaps went to another. May come back later, from another thread; what it gives is asked
     * once, in place of the branch that was open, unless that has its answer by then.
     */
    default void moved(NodeId dead, Consumer<Supplier<Step>> again) {
        // what is not within a dialog of that node goes to another as soon as it is down
    }

    /** The caller sent CANCEL. */
    void abandoned();

    /**
     * Whether the request begins something new: then its CANCEL is answered at once with 487, and what a given-up branch
     * brings later is ended here. Else the branch's own final response decides.
     */
    boolean beginsCall();
}
