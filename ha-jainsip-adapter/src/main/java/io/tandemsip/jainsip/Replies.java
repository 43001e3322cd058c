package io.tandemsip.jainsip;

import java.text.ParseException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import javax.sip.InvalidArgumentException;
import javax.sip.SipException;
import javax.sip.header.Header;
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

    /** A refusal of the proxy's own; 420 names all that nobody understands here (RFC 3261 section 16.3 step 5). */
    Response refusal(Request request, int status) throws SipException {
        Response response = own(request, status);
        if (status == Response.BAD_EXTENSION) {
            try {
                for (String tag : RequestChecks.proxyRequire(request)) {
                    response.addHeader(headers.createUnsupportedHeader(tag));
                }
            } catch (ParseException odd) {
                throw new SipException("Proxy-Require can't be repeated", odd);
            }
        }
        return response;
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

    /** Gives a response the Vias of its request again, if the topmost leads elsewhere. */
    static void leadBack(Response response, Request request) throws SipException {
        if (request.getHeader(ViaHeader.NAME) instanceof ViaHeader asked
                && !(response.getHeader(ViaHeader.NAME) instanceof ViaHeader told && leadsTheSameWay(told, asked))) {
            response.removeHeader(ViaHeader.NAME);
            for (Iterator<?> vias = request.getHeaders(ViaHeader.NAME); vias.hasNext(); ) {
                response.addLast((Header) ((Header) vias.next()).clone());
            }
        }
    }

    private static boolean leadsTheSameWay(ViaHeader one, ViaHeader other) {
        return one.getPort() == other.getPort()
                && one.getRPort() == other.getRPort()
                && SipText.orEmpty(one.getHost()).equalsIgnoreCase(SipText.orEmpty(other.getHost()))
                && Objects.equals(one.getReceived(), other.getReceived())
                && Objects.equals(one.getMAddr(), other.getMAddr())
                && one.getTransport().equalsIgnoreCase(other.getTransport())
                && SipText.branch(one).equals(SipText.branch(other));
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
