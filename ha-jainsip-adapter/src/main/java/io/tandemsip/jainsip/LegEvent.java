package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import java.time.Duration;

/** What may happen to a leg to a node, on either side of the host. */
sealed interface LegEvent {
    /** The INVITE is about to leave. */
    record Dialled() implements LegEvent {}

    /** A provisional response to the INVITE. */
    record Ringing(int status, String toTag, boolean hasBody) implements LegEvent {}

    /** A 2xx to the INVITE. */
    record Accepted(String toTag, Duration session) implements LegEvent {}

    /** The INVITE failed: a final response, silence, or the transport. */
    record Failed(Failure why) implements LegEvent {}

    /** The caller sent CANCEL. */
    record Cancelled() implements LegEvent {}

    /** The caller's leg is over: BYE by either side, or its dialog ended. */
    record CallerOver() implements LegEvent {}

    /** The dialog of this To tag with the node is over. */
    record Over(String toTag) implements LegEvent {}

    /** A request within the dialog of this To tag passed, perhaps with a session interval. */
    record Alive(String toTag, Duration session) implements LegEvent {}

    /** The router itself had ended the attempt. */
    record Disowned() implements LegEvent {}

    /** Time passed. */
    record Checked() implements LegEvent {}
}
