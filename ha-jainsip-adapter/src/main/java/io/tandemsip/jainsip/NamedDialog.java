package io.tandemsip.jainsip;

import io.tandemsip.DialogRequest;
import io.tandemsip.dialog.DialogId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sip.address.SipURI;
import javax.sip.header.Header;
import javax.sip.header.ReferToHeader;
import javax.sip.message.Request;

/**
 * The dialog that a request names besides its own: by Replaces (RFC 3891), Join (RFC 3911) or Target-Dialog (RFC 4538).
 * Immutable.
 *
 * @param callId its Call-ID
 * @param tags its tags, in no particular order
 */
record NamedDialog(String callId, List<String> tags) {
    private static final List<String> HEADERS = List.of("Replaces", "Join", "Target-Dialog");

    static Optional<NamedDialog> of(Request request) {
        for (String name : HEADERS) {
            Header header = request.getHeader(name);
            if (header != null) {
                return read(header.toString());
            }
        }
        return Optional.empty();
    }

    /**
     * The dialog that a REFER wants replaced: by the Replaces of the URI in its Refer-To (RFC 5589 section 7.1).
     *
     * @throws IllegalArgumentException if the URI's text is not escaped as it has to be
     */
    static Optional<NamedDialog> referred(Request refer) {
        if (refer.getHeader(ReferToHeader.NAME) instanceof ReferToHeader to
                && to.getAddress().getURI() instanceof SipURI uri) {
            for (Iterator<?> names = uri.getHeaderNames(); names.hasNext(); ) {
                String name = (String) names.next();
                if (name.equalsIgnoreCase(HEADERS.get(0))) {
                    return read(unescaped(uri.getHeader(name)));
                }
            }
        }
        return Optional.empty();
    }

    /** Percent escapes alone: "+" is itself in a URI's header. */
    private static String unescaped(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Asks where it is; only its name is known. */
    DialogRequest request(String method) {
        return DialogRequest.of(
                new DialogId(callId, tags.isEmpty() ? "" : tags.get(0), tags.size() < 2 ? "" : tags.get(1)), method);
    }

    /** From a header's text; empty if it has no Call-ID. */
    static Optional<NamedDialog> read(String text) {
        String[] parts = text.substring(text.indexOf(':') + 1).trim().split(";", -1);
        List<String> tags = new ArrayList<>(2);
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i].trim();
            int equals = part.indexOf('=');
            if (equals > 0
                    && part.substring(0, equals).trim().toLowerCase(Locale.ROOT).endsWith("-tag")) {
                tags.add(part.substring(equals + 1).trim());
            }
        }
        String callId = parts[0].trim();
        return callId.isEmpty() ? Optional.empty() : Optional.of(new NamedDialog(callId, List.copyOf(tags)));
    }
}
