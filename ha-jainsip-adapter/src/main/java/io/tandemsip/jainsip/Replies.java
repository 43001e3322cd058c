package io.tandemsip.jainsip;

import java.text.ParseException;
import java.time.Duration;
import javax.sip.InvalidArgumentException;
import javax.sip.SipException;
import javax.sip.header.HeaderFactory;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** Makes the responses that the proxy answers with: its own, and a node's with the proxy's Via gone. Thread-safe. */
final class Replies {
    /** What the tags of such refusals begin with. */
    static final String SHED = "tdx";

    private final MessageFactory messages;
    private final HeaderFactory headers;
    private final Branches tags;

    Replies(MessageFactory messages, HeaderFactory headers, Branches tags) {
        this.messages = messages;
        this.headers = headers;
        this.tags = tags;
    }

    /** A response of the proxy's own. */
    Response own(Request request, int status) throws SipException {
        return own(request, status, Duration.ZERO);
    }

    /** A response of the proxy's own, with Retry-After unless that is zero. */
    Response own(Request request, int status, Duration retryAfter) throws SipException {
        try {
            Response response = messages.createResponse(status, request);
            ToHeader to = (ToHeader) response.getHeader(ToHeader.NAME);
            if (status > 100 && to != null && to.getTag() == null) {
                to.setTag(tags.unique(request).substring(Branches.PREFIX.length()));
            }
            if (!retryAfter.isZero()) {
                response.setHeader(headers.createRetryAfterHeader(wholeSeconds(retryAfter)));
            }
            return response;
        } catch (ParseException | InvalidArgumentException broken) {
            throw new SipException("no response " + status, broken);
        }
    }

    /** A refusal after which nothing is kept, told by its tag from others when it is acknowledged. */
    Response shed(Request request, int status, Duration retryAfter) throws SipException {
        Response response = own(request, status, retryAfter);
        try {
            if (response.getHeader(ToHeader.NAME) instanceof ToHeader to
                    && SipText.toTag(request).isEmpty()) {
                to.setTag(SHED + to.getTag());
            }
            return response;
        } catch (ParseException broken) {
            throw new SipException("no response " + status, broken);
        }
    }

    /** Whether a request's To tag is that of a refusal after which nothing was kept. */
    static boolean isShed(String toTag) {
        return toTag.startsWith(SHED);
    }

    /** Seconds, rounded up: never earlier than what was said. */
    static int wholeSeconds(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, duration.plusNanos(999_999_999).toSeconds());
    }

    /**
     * Makes of a node's response what goes on to the caller: without the proxy's Via; a 503 speaks of the node and not of the
     * service, and becomes a 500 (RFC 3261 section 16.7 step 6).
     *
     * @param received is changed, and no more what came
     */
    static Response relayed(Response received) throws SipException {
        received.removeFirst(ViaHeader.NAME);
        if (received.getStatusCode() == Response.SERVICE_UNAVAILABLE) {
            try {
                received.setStatusCode(Response.SERVER_INTERNAL_ERROR);
                received.setReasonPhrase("Server Internal Error");
            } catch (ParseException broken) {
                throw new SipException("no response 500", broken);
            }
        }
        return received;
    }
}
