package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import java.text.ParseException;
import java.util.Locale;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.Parameters;
import javax.sip.header.RouteHeader;

/**
 * What this proxy writes into its Record-Route URI and finds again in a Route: the affinity cookie, and a mark of the
 * caller's tag by which a later request tells whether the caller or the callee sent it. Immutable.
 *
 * @param cookie the affinity cookie; empty if there was none
 * @param caller the mark of the caller's tag; empty if there was none
 */
record RouteMark(String cookie, String caller) {
    /** The URI parameter that carries the mark of the caller's tag. */
    static final String CALLER_PARAMETER = "tc";

    /** Nothing was found. */
    static final RouteMark NONE = new RouteMark("", "");

    /** The mark of a tag: stable in every process, letters and digits only. */
    static String markOf(String tag) {
        return Integer.toUnsignedString(tag.hashCode(), Character.MAX_RADIX);
    }

    /** What a new call's Record-Route carries. */
    static RouteMark of(String cookie, String callerTag) {
        return new RouteMark(cookie, markOf(callerTag));
    }

    /** Reads a Route: URI parameters first, then header parameters, where peers without angle brackets leave them. */
    static RouteMark read(RouteHeader route) {
        return read(route.getAddress().getURI())
                .or(new RouteMark(parameter(route, HaRouter.COOKIE_PARAMETER), parameter(route, CALLER_PARAMETER)));
    }

    /** Reads a URI. */
    static RouteMark read(URI uri) {
        return uri instanceof SipURI sip
                ? new RouteMark(parameter(sip, HaRouter.COOKIE_PARAMETER), parameter(sip, CALLER_PARAMETER))
                : NONE;
    }

    private static String parameter(Parameters carrier, String name) {
        String value = carrier.getParameter(name);
        return value == null ? "" : value.toLowerCase(Locale.ROOT);
    }

    /** This, with what is missing taken from another. */
    RouteMark or(RouteMark other) {
        return new RouteMark(cookie.isEmpty() ? other.cookie : cookie, caller.isEmpty() ? other.caller : caller);
    }

    /** Whether a request with these tags is the caller's, the callee's, or of unknown origin. */
    Origin origin(String fromTag, String toTag) {
        boolean fromIsCaller = caller.equals(markOf(fromTag));
        boolean toIsCaller = caller.equals(markOf(toTag));
        if (caller.isEmpty() || fromIsCaller == toIsCaller) {
            return Origin.UNKNOWN;
        }
        return fromIsCaller ? Origin.CALLER : Origin.CALLEE;
    }

    /** Writes itself into a URI. */
    void writeTo(SipURI uri) throws ParseException {
        if (!cookie.isEmpty()) {
            uri.setParameter(HaRouter.COOKIE_PARAMETER, cookie);
        }
        uri.setParameter(CALLER_PARAMETER, caller);
    }

    /** Which side of a dialog sent a request. */
    enum Origin {
        /** The side that sent the INVITE. */
        CALLER,
        /** The side that answered it: the node. */
        CALLEE,
        /** The request does not tell. */
        UNKNOWN
    }
}
