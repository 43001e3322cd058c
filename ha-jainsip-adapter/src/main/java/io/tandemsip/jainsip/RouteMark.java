package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import java.text.ParseException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.HeaderAddress;
import javax.sip.header.Parameters;
import javax.sip.header.RouteHeader;
import javax.sip.message.Request;

/**
 * What a proxy writes into its Record-Route URI and finds again in a Route: the affinity cookie, and a mark of the
 * caller's tag by which a later request tells whether the caller or the callee sent it. Found in URI and in header
 * parameters, in any case and any order. Immutable.
 *
 * @param cookie the affinity cookie; empty if there was none
 * @param caller the mark of the caller's tag; empty if there was none
 */
public record RouteMark(String cookie, String caller) {
    /** The URI parameter that carries the mark of the caller's tag. */
    public static final String CALLER_PARAMETER = "tc";

    /** Nothing was found. */
    public static final RouteMark NONE = new RouteMark("", "");

    /** Checks that nothing is missing. */
    public RouteMark {
        Objects.requireNonNull(cookie, "cookie");
        Objects.requireNonNull(caller, "caller");
    }

    /** The mark of a tag: stable in every process, letters and digits only. */
    static String markOf(String tag) {
        return Integer.toUnsignedString(tag.hashCode(), Character.MAX_RADIX);
    }

    /**
     * What a new call's Record-Route carries.
     *
     * @param cookie as {@link io.tandemsip.CallAttempt#cookie} says
     * @param callerTag the From tag of the call
     * @return the mark
     */
    public static RouteMark of(String cookie, String callerTag) {
        return new RouteMark(cookie, markOf(callerTag));
    }

    /**
     * Reads a request: its Routes and, for what a strict router did, its Request-URI. What names this proxy counts,
     * wherever it stands between other proxies; only if none does, the first mark of all, for a process that took over
     * from another one of the same keys.
     *
     * @param request not changed
     * @param own whether a URI names this proxy
     * @return {@link #NONE} if there is none
     */
    public static RouteMark read(Request request, Predicate<? super SipURI> own) {
        RouteMark mine = isOwn(request.getRequestURI(), own) ? read(request.getRequestURI()) : NONE;
        RouteMark first = NONE;
        for (RouteHeader route : Arrival.routes(request)) {
            RouteMark found = read(route);
            if (isOwn(route.getAddress().getURI(), own)) {
                mine = mine.or(found);
            } else if (first.isNone()) {
                first = found;
            }
        }
        return mine.isNone() ? first : mine;
    }

    private static boolean isOwn(URI uri, Predicate<? super SipURI> own) {
        return uri instanceof SipURI sip && own.test(sip);
    }

    /**
     * Reads a Route or Record-Route: URI parameters first, then header parameters, where peers without angle brackets
     * leave them.
     *
     * @param <H> the kind of header
     * @param route not changed
     * @return {@link #NONE} if there is none
     */
    public static <H extends HeaderAddress & Parameters> RouteMark read(H route) {
        return read(route.getAddress().getURI())
                .or(new RouteMark(parameter(route, HaRouter.COOKIE_PARAMETER), parameter(route, CALLER_PARAMETER)));
    }

    /**
     * Reads a URI.
     *
     * @param uri not changed
     * @return {@link #NONE} if there is none
     */
    public static RouteMark read(URI uri) {
        return uri instanceof SipURI sip
                ? new RouteMark(parameter(sip, HaRouter.COOKIE_PARAMETER), parameter(sip, CALLER_PARAMETER))
                : NONE;
    }

    private static String parameter(Parameters carrier, String name) {
        String value = carrier.getParameter(name);
        return value == null ? "" : value.toLowerCase(Locale.ROOT);
    }

    /**
     * Whether nothing was found.
     *
     * @return true if it has neither cookie nor caller
     */
    public boolean isNone() {
        return cookie.isEmpty() && caller.isEmpty();
    }

    /** This, with what is missing taken from another. */
    RouteMark or(RouteMark other) {
        return new RouteMark(cookie.isEmpty() ? other.cookie : cookie, caller.isEmpty() ? other.caller : caller);
    }

    /**
     * Whether a request with these tags is the caller's, the callee's, or of unknown origin.
     *
     * @param fromTag its From tag
     * @param toTag its To tag
     * @return who sent it
     */
    public Origin origin(String fromTag, String toTag) {
        boolean fromIsCaller = caller.equals(markOf(fromTag));
        boolean toIsCaller = caller.equals(markOf(toTag));
        if (caller.isEmpty() || fromIsCaller == toIsCaller) {
            return Origin.UNKNOWN;
        }
        return fromIsCaller ? Origin.CALLER : Origin.CALLEE;
    }

    /**
     * Writes itself into a URI: what a Record-Route carries.
     *
     * @param uri is changed
     * @throws ParseException if the stack takes the values for no parameters
     */
    public void writeTo(SipURI uri) throws ParseException {
        if (!cookie.isEmpty()) {
            uri.setParameter(HaRouter.COOKIE_PARAMETER, cookie);
        }
        if (!caller.isEmpty()) {
            uri.setParameter(CALLER_PARAMETER, caller);
        }
    }

    /** Which side of a dialog sent a request. */
    public enum Origin {
        /** The side that sent the INVITE. */
        CALLER,
        /** The side that answered it: the node. */
        CALLEE,
        /** The request does not tell. */
        UNKNOWN
    }
}
