package io.tandemsip;

import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One call at one node: the host tells it what happens, and it keeps the accounts. Serves a stateless proxy, a stateful
 * proxy and a B2BUA alike.
 *
 * <p>Guarantees: every method may be called twice, late, or from another thread, without harm; every attempt ends once,
 * and its place is given back once; an attempt of which nothing is heard is found, reported as
 * {@link io.tandemsip.event.HaEvent.AttemptForgotten} and leaks nothing. No method blocks. Thread-safe.
 */
public interface CallAttempt {
    /**
     * Where to send the call.
     *
     * @return the node
     */
    Node node();

    /**
     * The how many-th node of this call it is.
     *
     * @return 1 for the first
     */
    int ordinal();

    /**
     * What to put into the Record-Route URI, as the value of the parameter {@value HaRouter#COOKIE_PARAMETER}, so that
     * later requests carry their owner with them.
     *
     * @return lower-case letters and digits, at most 48 characters
     */
    String cookie();

    /**
     * The INVITE is about to leave. Binds the call to the node before anything can come back, and starts the clock for a
     * node that says nothing. Optional for hosts that can't tell; then the first response binds.
     */
    void sent();

    /**
     * A provisional response came.
     *
     * @param statusCode 100 to 199
     */
    void progressed(int statusCode);

    /**
     * A provisional response came that makes an early dialog.
     *
     * @param statusCode 101 to 199
     * @param toTag its To tag; empty if it has none
     */
    void progressed(int statusCode, String toTag);

    /**
     * A provisional response with a session description was relayed: the caller may hear media of this node from now on,
     * so that it does not begin anew elsewhere unless {@link FailoverPolicy#afterEarlyMedia()} allows it. Implied by 183.
     */
    void earlyMedia();

    /**
     * A 2xx came. Each fork that answers is a dialog of its own, named by its To tag.
     *
     * @param toTag its To tag
     * @return true if the dialog is this attempt's; false if the attempt had been given up before: the host must then
     *     acknowledge the response and end that dialog with BYE
     */
    default boolean answered(String toTag) {
        return answered(toTag, Duration.ZERO);
    }

    /**
     * A 2xx came that carries a session interval (RFC 4028).
     *
     * @param toTag its To tag
     * @param sessionInterval its Session-Expires; zero if it has none
     * @return as {@link #answered(String)}
     */
    boolean answered(String toTag, Duration sessionInterval);

    /**
     * The node failed the call. Gives the place back, judges the node, and picks the next one.
     *
     * @param failure why
     * @return the next attempt, at a node that this call has not visited, or what to answer the caller. Called again, the
     *     answer is the same one. After {@link #abandoned()} or {@link #answered(String)} a refusal with
     *     {@link Placement.Cause#CALL_OVER}
     */
    Placement failed(Failure failure);

    /**
     * The node failed the call, and nobody asks for another: gives the place back and judges the node. A later {@link
     * #failed} still answers with the next attempt. For hosts that do not fail over, or are told of failures twice.
     *
     * @param failure why
     */
    default void gaveUp(Failure failure) {
        failed(failure).match(CallAttempt::abandoned, refused -> {});
    }

    /** The caller gave up: CANCEL. Not the node's fault; no other node is tried. */
    void abandoned();

    /** A request within the call passed: it lives. Optional where {@link HaRouter#locate} is asked anyway. */
    void refreshed();

    /** The call is over, all its dialogs with it. For hosts that know it by call; else {@link HaRouter#ended}. */
    void ended();

    /**
     * What to do when the node is lost: stop sending, and call {@link #failed} with the failure given. Called when the
     * INVITE has had no response at all, the node is suspect and there is another one for the call; or when it has no final
     * one and the node is confirmed down. At most once, on an effect runner. Without it, the call waits for the host's own
     * timers.
     *
     * @param action takes the failure
     */
    void whenNodeLost(Consumer<Failure> action);

    /**
     * Where it stands.
     *
     * @return the state as of now
     */
    State state();

    /**
     * Why this node: who was considered, and why each other was passed over. Reckoned on demand, from the view that the
     * decision was taken on.
     *
     * @return the explanation
     */
    Explanation explanation();

    /** Where an attempt stands. */
    enum State {
        /** Placed; nothing was heard. */
        TRYING,
        /** A provisional response came. */
        PROGRESSED,
        /** A 2xx came: the call is up. */
        ANSWERED,
        /** The node failed it. */
        FAILED,
        /** The caller gave up. */
        ABANDONED,
        /** The call was up and is over. */
        ENDED,
        /** Nothing was heard of it for too long. */
        FORGOTTEN
    }
}
