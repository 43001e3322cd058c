package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import java.time.Duration;

/** What is to be done about a leg. {@link Fail}, {@link Abandon} and {@link End} end its attempt; a leg has one of them. */
sealed interface LegEffect {
    /** The INVITE leaves. */
    record Send() implements LegEffect {}

    /** Tell a provisional response. */
    record Progress(int status, String toTag, boolean hasBody) implements LegEffect {}

    /** Tell the answer that came first. */
    record Answer(String toTag, Duration session) implements LegEffect {}

    /** Acknowledge and end a dialog that nobody wants: another fork's, or of a leg that is over. */
    record HangUp(String toTag) implements LegEffect {}

    /** The dialog lives. */
    record Refresh(String toTag, Duration session) implements LegEffect {}

    /** The node failed the call; the next one is wanted. */
    record Fail(Failure why) implements LegEffect {}

    /** The caller gave up, or the host forgot the call before it was answered. */
    record Abandon() implements LegEffect {}

    /** The call that was up is over. */
    record End() implements LegEffect {}

    /** The host forgot the leg. */
    record Report(ForgottenLeg.Cause cause) implements LegEffect {}
}
