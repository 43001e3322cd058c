package io.tandemsip.jainsip;

import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.Failure;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.TrafficClass;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.sip.IOExceptionEvent;
import javax.sip.TimeoutEvent;
import javax.sip.address.SipURI;
import javax.sip.header.Header;
import javax.sip.header.ToHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * What Tandem reads in JAIN-SIP's messages and events: pure functions, for hosts that call {@link io.tandemsip.HaRouter}
 * themselves. Needs no stack, keeps nothing, changes no message. The cookie is {@link RouteMark}'s. Immutable.
 */
public final class SipMessages {
    private static final Set<String> DIALOG_MAKING =
            Set.of(Request.INVITE, Request.SUBSCRIBE, Request.REFER, Request.NOTIFY);

    private static final String EMERGENCY = "urn:service:sos";

    /** What JAIN-SIP's non-blocking TCP answers in a node's stead when no connection could be made. */
    private static final String MADE_BY_THE_STACK = "transport error sending request";

    private SipMessages() {}

    /**
     * What routing needs of a request that begins something. The request is read again, while the call is placed, if a
     * strategy asks for one of its headers.
     *
     * @param request outside a dialog
     * @return to be refined (pool, zone, transaction) and built
     * @throws IllegalArgumentException if it has no Call-ID
     */
    public static CallRequest.Builder call(Request request) {
        return call(request, SipText.callId(request), SipText.fromTag(request));
    }

    /** The same of one whose Call-ID and From tag were read already: the stack makes a text of them each time. */
    static CallRequest.Builder call(Request request, String callId, String fromTag) {
        String uri = request.getRequestURI().toString();
        CallRequest.Builder call = CallRequest.builder(callId, fromTag)
                .method(request.getMethod())
                .requestUri(uri)
                .headers(name -> header(request, name));
        if (request.getMethod().equals(Request.INVITE) && mustGetThrough(request, uri)) {
            call.trafficClass(TrafficClass.PRIORITY);
        }
        return call;
    }

    /** Whether it begins a call that must get through. */
    static boolean isPriority(Request request) {
        return request.getMethod().equals(Request.INVITE)
                && mustGetThrough(request, request.getRequestURI().toString());
    }

    /** Resource-Priority (RFC 4412) or an emergency service (RFC 5031). */
    private static boolean mustGetThrough(Request request, String uri) {
        return request.getHeader("Resource-Priority") != null
                || uri.regionMatches(true, 0, EMERGENCY, 0, EMERGENCY.length());
    }

    private static Optional<String> header(Request request, String name) {
        Header header = request.getHeader(name);
        if (header == null) {
            return Optional.empty();
        }
        String text = header.toString();
        return Optional.of(text.substring(text.indexOf(':') + 1).trim());
    }

    /**
     * What routing needs of a request within a dialog, or of one for a dialog in the making.
     *
     * @param request with its Routes as they came
     * @param own whether a URI names this proxy
     * @return the request's dialog, method, cookie and session interval
     * @throws IllegalArgumentException if it has no Call-ID
     */
    public static DialogRequest inDialog(Request request, Predicate<? super SipURI> own) {
        return inDialog(request, RouteMark.read(request, own));
    }

    static DialogRequest inDialog(Request request, RouteMark mark) {
        return inDialog(request, dialog(request), mark);
    }

    static DialogRequest inDialog(Request request, DialogId dialog, RouteMark mark) {
        return new DialogRequest(dialog, request.getMethod(), mark.cookie(), SipText.sessionInterval(request));
    }

    /**
     * The dialog that a message belongs to, in the orientation of the message.
     *
     * @param message a request or a response
     * @return its Call-ID and tags
     * @throws IllegalArgumentException if it has no Call-ID
     */
    public static DialogId dialog(Message message) {
        return new DialogId(SipText.callId(message), SipText.fromTag(message), SipText.toTag(message));
    }

    /**
     * Whether a request says that it belongs to a dialog.
     *
     * @param request any
     * @return true if it has a To tag
     */
    public static boolean isInDialog(Request request) {
        return !SipText.toTag(request).isEmpty();
    }

    /** Whether a request of this method, outside a dialog, begins one. */
    static boolean makesDialog(String method) {
        return DIALOG_MAKING.contains(method);
    }

    /**
     * Why an attempt failed, as a final response other than 2xx tells. A 503 that the stack made itself because it could
     * not connect is a failure of the transport.
     *
     * @param response 300 to 699
     * @return the failure
     * @throws IllegalArgumentException if the status is lower
     */
    public static Failure failure(Response response) {
        return isMadeByTheStack(response)
                ? new Failure.Transport(response.getReasonPhrase())
                : Failure.response(response.getStatusCode(), SipText.retryAfter(response));
    }

    /**
     * What a response tells about the node that it came from.
     *
     * @param response any
     * @param elapsed since the request was sent
     * @return overloaded for a node's 503; a transport failure for one that the stack made itself; else its status
     */
    public static TrafficOutcome outcome(Response response, Duration elapsed) {
        if (isMadeByTheStack(response)) {
            return new TrafficOutcome.TransportFailed(response.getReasonPhrase());
        }
        return response.getStatusCode() == Response.SERVICE_UNAVAILABLE
                ? new TrafficOutcome.Overloaded(SipText.retryAfter(response))
                : new TrafficOutcome.Responded(response.getStatusCode(), elapsed);
    }

    /**
     * What a timeout tells about the node that was asked.
     *
     * @param event as the stack's listener gets it
     * @param waited since the request was sent
     * @return silence; empty if it is the host's own server transaction that nobody answered
     */
    public static Optional<TrafficOutcome> outcome(TimeoutEvent event, Duration waited) {
        return event.isServerTransaction() ? Optional.empty() : Optional.of(new TrafficOutcome.Silent(waited));
    }

    /**
     * What a failure of the transport tells about the node at its other end.
     *
     * @param event as the stack's listener gets it
     * @return a transport failure
     */
    public static TrafficOutcome outcome(IOExceptionEvent event) {
        return new TrafficOutcome.TransportFailed(event.getTransport() + ' ' + event.getHost() + ':' + event.getPort());
    }

    private static boolean isMadeByTheStack(Response response) {
        return response.getStatusCode() == Response.SERVICE_UNAVAILABLE
                && SipText.orEmpty(response.getReasonPhrase())
                        .toLowerCase(Locale.ROOT)
                        .startsWith(MADE_BY_THE_STACK)
                && response.getHeader(ToHeader.NAME) instanceof ToHeader to
                && to.getTag() == null;
    }
}
