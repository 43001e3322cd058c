package io.tandemsip.jainsip;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.MaxForwardsHeader;
import javax.sip.header.ProxyRequireHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** What a proxy checks before it forwards (RFC 3261 section 16.3). Immutable. */
final class RequestChecks {
    private static final Set<String> SCHEMES = Set.of("sip", "sips", "tel", "urn");

    private RequestChecks() {}

    /**
     * Checks a request.
     *
     * @return the status to refuse it with; empty to forward it
     */
    static OptionalInt refusal(Request request, ListeningSides sides) {
        if (request.getHeader(MaxForwardsHeader.NAME) instanceof MaxForwardsHeader hops && hops.getMaxForwards() <= 0) {
            return OptionalInt.of(Response.TOO_MANY_HOPS);
        }
        if (Branches.isLoop(request, sides)) {
            return OptionalInt.of(Response.LOOP_DETECTED);
        }
        if (request.getHeader(ProxyRequireHeader.NAME) != null) {
            return OptionalInt.of(Response.BAD_EXTENSION);
        }
        if (!SCHEMES.contains(scheme(request.getRequestURI()))) {
            return OptionalInt.of(Response.UNSUPPORTED_URI_SCHEME);
        }
        return OptionalInt.empty();
    }

    private static String scheme(URI uri) {
        return uri.getScheme().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether an OPTIONS asks this proxy itself: it names no user, and this host. */
    static boolean asksProxyItself(Arrival arrival, ListeningSides sides) {
        Request request = arrival.request();
        return request.getMethod().equals(Request.OPTIONS)
                && request.getRequestURI() instanceof SipURI uri
                && uri.getUser() == null
                && sides.isOwn(uri)
                && !arrival.strict();
    }

    /** What to name in Unsupported. */
    static List<String> proxyRequire(Request request) {
        List<String> tags = new ArrayList<>(1);
        Iterator<?> headers = request.getHeaders(ProxyRequireHeader.NAME);
        while (headers.hasNext()) {
            tags.add(((ProxyRequireHeader) headers.next()).getOptionTag());
        }
        return tags;
    }
}
