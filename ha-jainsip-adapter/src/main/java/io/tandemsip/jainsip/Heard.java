package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.health.OverloadFeedback;
import java.time.Duration;
import java.util.Optional;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * What came back for a request that the host sent: read once, so that it can be dealt with after the host has changed
 * the message. Immutable.
 *
 * @param key the request's
 * @param method the method of CSeq
 * @param toTag the To tag; empty if there is none
 * @param status the response's; 0 if none came
 * @param failure why it failed; empty for 1xx and 2xx
 * @param hasBody whether it has a body
 * @param sessionInterval its Session-Expires; zero if there is none
 * @param feedback how much less its sender wants; empty if it says nothing of it
 */
record Heard(
        RequestKey key,
        String method,
        String toTag,
        int status,
        Optional<Failure> failure,
        boolean hasBody,
        Duration sessionInterval,
        Optional<OverloadFeedback> feedback) {
    static Heard of(Response response) {
        int status = response.getStatusCode();
        return new Heard(
                RequestKey.sent(response),
                SipText.cseqMethod(response),
                SipText.toTag(response),
                status,
                status < 300 ? Optional.empty() : Optional.of(SipMessages.failure(response)),
                status < 200 && response.getRawContent() != null,
                status / 100 == 2 ? SipText.sessionInterval(response) : Duration.ZERO,
                OverloadVia.feedback(response));
    }

    /** No response came to a request. */
    static Heard of(Request sent, Failure failure) {
        return nothing(RequestKey.sent(sent), sent, failure);
    }

    /** A request could not be sent. */
    static Heard unsent(Request unsent, Failure failure, OwnAddresses own) {
        return nothing(RequestKey.leaving(unsent, own), unsent, failure);
    }

    private static Heard nothing(RequestKey key, Message request, Failure failure) {
        return new Heard(
                key,
                SipText.cseqMethod(request),
                SipText.toTag(request),
                0,
                Optional.of(failure),
                false,
                Duration.ZERO,
                Optional.empty());
    }

    boolean isFinal() {
        return status == 0 || status >= 200;
    }

    boolean isSuccess() {
        return status / 100 == 2;
    }

    /** The dialog; early if there is no To tag. */
    DialogId dialog() {
        return new DialogId(key.callId(), key.fromTag(), toTag);
    }
}
