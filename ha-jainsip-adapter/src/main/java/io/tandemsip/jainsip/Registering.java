package io.tandemsip.jainsip;

import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.node.NodeId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.ContactHeader;
import javax.sip.header.ExpiresHeader;
import javax.sip.header.RequireHeader;
import javax.sip.header.ToHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** What a REGISTER asks for (RFC 3261 section 10.3). Pure, and so are its ways to be read. */
sealed interface Registering {
    /** RFC 5626 section 11.6. */
    int FIRST_HOP_LACKS_OUTBOUND = 439;

    /** Who asks for less is told to ask for more. */
    Duration LEAST = Duration.ofSeconds(60);

    /** Who asks for more gets this. */
    Duration MOST = Duration.ofHours(2);

    /** For who asks for nothing in particular. */
    Duration USUAL = Duration.ofHours(1);

    /**
     * Nothing that can be done.
     *
     * @param status what it is answered with
     * @param unsupported the option tags that nobody understands here
     */
    record Refused(int status, List<String> unsupported) implements Registering {
        /** Copies the list. */
        public Refused {
            unsupported = List.copyOf(unsupported);
        }

        static Refused with(int status) {
            return new Refused(status, List.of());
        }
    }

    /** Only asks which contacts there are. */
    record Asked() implements Registering {}

    /**
     * All contacts are to go.
     *
     * @param callId its Call-ID
     * @param cseq its CSeq number
     */
    record AllGone(String callId, long cseq) implements Registering {}

    /**
     * Contacts that are to be added, to be refreshed, or to go.
     *
     * @param contacts one at least
     */
    record Written(List<ContactBinding> contacts) implements Registering {
        /** Copies the list. */
        public Written {
            contacts = List.copyOf(contacts);
        }
    }

    /**
     * What leads to the user, as the proxy knows it.
     *
     * @param path to be used before the request's own Paths; empty for none
     * @param flow the token in it; empty for none
     * @param firstHop whether the request came from the user to this proxy directly
     * @param node through which it was registered
     */
    record Way(Optional<String> path, String flow, boolean firstHop, Optional<NodeId> node) {}

    /** Whose contacts a REGISTER is about; empty if its To is no SIP URI with a user. */
    static Optional<AddressOfRecord> user(Request register) {
        return register.getHeader(ToHeader.NAME) instanceof ToHeader to
                ? user(to.getAddress().getURI())
                : Optional.empty();
    }

    /** The canonical form of a URI (RFC 3261 section 10.3 step 5); empty if it is no SIP URI with a user. */
    static Optional<AddressOfRecord> user(URI uri) {
        if (!(uri instanceof SipURI sip) || sip.getUser() == null || sip.getHost() == null) {
            return Optional.empty();
        }
        try {
            String user = URLDecoder.decode(sip.getUser().replace("+", "%2B"), StandardCharsets.UTF_8);
            String port = sip.getPort() > 0 ? ":" + sip.getPort() : "";
            return Optional.of(new AddressOfRecord(sip.getScheme().toLowerCase(Locale.ROOT)
                    + ':'
                    + user
                    + '@'
                    + sip.getHost().toLowerCase(Locale.ROOT)
                    + port));
        } catch (IllegalArgumentException badEscape) {
            return Optional.empty();
        }
    }

    /** What a registrar is asked for. */
    static Registering read(Request register, Way way) {
        List<String> unsupported = unsupported(register);
        if (!unsupported.isEmpty()) {
            return new Refused(Response.BAD_EXTENSION, unsupported);
        }
        List<ContactHeader> contacts = contacts(register);
        if (contacts.stream().anyMatch(ContactHeader::isWildCard)) {
            boolean alone = contacts.size() == 1
                    && expires(register).filter(Duration::isZero).isPresent();
            return alone
                    ? new AllGone(SipText.callId(register), SipText.cseqNumber(register))
                    : Refused.with(Response.BAD_REQUEST);
        }
        if (contacts.isEmpty()) {
            return new Asked();
        }
        if (contacts.size() > Registrations.MOST_CONTACTS) {
            return Refused.with(Response.FORBIDDEN);
        }
        List<ContactBinding> written = new ArrayList<>();
        for (ContactHeader contact : contacts) {
            if (!(contact.getAddress().getURI() instanceof SipURI)) {
                return Refused.with(Response.BAD_REQUEST);
            }
            Duration wanted = expires(contact).or(() -> expires(register)).orElse(USUAL);
            if (!wanted.isZero() && wanted.compareTo(LEAST) < 0) {
                return Refused.with(Response.INTERVAL_TOO_BRIEF);
            }
            ContactBinding binding = binding(register, contact, wanted.compareTo(MOST) > 0 ? MOST : wanted, way);
            if (binding.regId() > 0 && !way.firstHop() && !hasOutboundPath(register)) {
                return Refused.with(FIRST_HOP_LACKS_OUTBOUND);
            }
            written.add(binding);
        }
        return new Written(written);
    }

    /** What a REGISTER did that somebody else accepted: its contacts stand as long as that one says. */
    static Registering accepted(Request register, Response response, Way way) {
        List<ContactHeader> contacts = contacts(register);
        if (contacts.stream().anyMatch(ContactHeader::isWildCard)) {
            return new AllGone(SipText.callId(register), SipText.cseqNumber(register));
        }
        List<ContactHeader> standing = contacts(response);
        List<ContactBinding> written = new ArrayList<>();
        for (ContactHeader contact : contacts) {
            if (contact.getAddress().getURI() instanceof SipURI uri) {
                Duration granted = standing.stream()
                        .filter(each -> uri.equals(each.getAddress().getURI()))
                        .findFirst()
                        .map(each -> expires(each).or(() -> expires(response)).orElse(USUAL))
                        .orElse(Duration.ZERO);
                written.add(binding(register, contact, granted, way));
            }
        }
        return written.isEmpty() ? new Asked() : new Written(written);
    }

    private static ContactBinding binding(Request register, ContactHeader contact, Duration expires, Way way) {
        List<String> path = new ArrayList<>();
        way.path().ifPresent(path::add);
        path.addAll(paths(register));
        String instance = SipText.orEmpty(contact.getParameter("+sip.instance")).replaceAll("[\"<>]", "");
        return new ContactBinding(
                contact.getAddress().getURI().toString(),
                SipText.callId(register),
                SipText.cseqNumber(register),
                expires,
                thousandths(contact.getQValue()),
                path,
                instance,
                instance.isEmpty() ? 0 : regId(contact),
                way.node(),
                way.flow());
    }

    private static int thousandths(float q) {
        return q < 0 ? 1_000 : Math.min(1_000, Math.round(q * 1_000));
    }

    private static int regId(ContactHeader contact) {
        String text = SipText.orEmpty(contact.getParameter("reg-id"));
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static List<String> unsupported(Request register) {
        List<String> unsupported = new ArrayList<>();
        Iterator<?> headers = register.getHeaders(RequireHeader.NAME);
        while (headers.hasNext()) {
            String tag = ((RequireHeader) headers.next()).getOptionTag();
            if (!tag.equalsIgnoreCase("path") && !tag.equalsIgnoreCase("outbound")) {
                unsupported.add(tag);
            }
        }
        return unsupported;
    }

    private static boolean hasOutboundPath(Request register) {
        List<String> paths = paths(register);
        return !paths.isEmpty()
                && paths.get(paths.size() - 1).toLowerCase(Locale.ROOT).matches(".*;ob(;.*|$)");
    }

    /** The URIs of the Path headers, topmost first. */
    static List<String> paths(Message message) {
        List<String> found = new ArrayList<>();
        Iterator<?> headers = message.getHeaders("Path");
        while (headers.hasNext()) {
            String text = headers.next().toString();
            for (int from = text.indexOf('<'); from >= 0; from = text.indexOf('<', from + 1)) {
                int to = text.indexOf('>', from);
                if (to < 0) {
                    break;
                }
                found.add(text.substring(from + 1, to));
            }
        }
        return found;
    }

    private static List<ContactHeader> contacts(Message message) {
        List<ContactHeader> found = new ArrayList<>();
        Iterator<?> headers = message.getHeaders(ContactHeader.NAME);
        while (headers.hasNext()) {
            found.add((ContactHeader) headers.next());
        }
        return found;
    }

    private static Optional<Duration> expires(ContactHeader contact) {
        return contact.getExpires() < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(contact.getExpires()));
    }

    private static Optional<Duration> expires(Message message) {
        return message.getHeader(ExpiresHeader.NAME) instanceof ExpiresHeader header
                ? Optional.of(Duration.ofSeconds(Math.max(0, header.getExpires())))
                : Optional.empty();
    }
}
