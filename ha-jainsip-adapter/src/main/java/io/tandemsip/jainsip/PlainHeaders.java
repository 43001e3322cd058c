package io.tandemsip.jainsip;

import gov.nist.core.NameValue;
import gov.nist.javax.sip.address.AddressImpl;
import gov.nist.javax.sip.header.AddressParametersHeader;
import gov.nist.javax.sip.header.CSeq;
import gov.nist.javax.sip.header.CallID;
import gov.nist.javax.sip.header.Contact;
import gov.nist.javax.sip.header.ContactList;
import gov.nist.javax.sip.header.ContentLength;
import gov.nist.javax.sip.header.From;
import gov.nist.javax.sip.header.MaxForwards;
import gov.nist.javax.sip.header.Protocol;
import gov.nist.javax.sip.header.RecordRoute;
import gov.nist.javax.sip.header.RecordRouteList;
import gov.nist.javax.sip.header.Route;
import gov.nist.javax.sip.header.RouteList;
import gov.nist.javax.sip.header.SIPHeader;
import gov.nist.javax.sip.header.To;
import gov.nist.javax.sip.header.Via;
import gov.nist.javax.sip.header.ViaList;
import java.text.ParseException;
import java.util.Locale;
import java.util.Set;
import javax.sip.InvalidArgumentException;
import javax.sip.message.Request;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers that each message has, where they are plain, and makes of them what the stack's parser makes: that copies each header
 * several times over, and looks at each letter several times. Whatever is not plain is left to it. Pure.
 */
final class PlainHeaders {
    private static final int MOST_DIGITS = 9; // of an int

    private static final Set<String> METHODS = Set.of(
            Request.INVITE,
            Request.ACK,
            Request.BYE,
            Request.CANCEL,
            Request.OPTIONS,
            Request.REGISTER,
            Request.UPDATE,
            Request.PRACK,
            Request.INFO,
            Request.SUBSCRIBE,
            Request.NOTIFY,
            Request.REFER,
            Request.MESSAGE,
            Request.PUBLISH);

    private PlainHeaders() {}

    /**
     * Reads a header.
     *
     * @param line its one line, without the line's end
     * @return what the stack's parser makes of it; null for what is to be left to that
     */
    static @Nullable SIPHeader read(String line) {
        try {
            return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
                case 'V' -> line.startsWith("Via: ") ? vias(new PlainText(line, 5)) : null;
                case 'F' -> line.startsWith("From: ") ? single(new From(), new PlainText(line, 6)) : null;
                case 'T' -> line.startsWith("To: ") ? single(new To(), new PlainText(line, 4)) : null;
                case 'M' -> line.startsWith("Max-Forwards: ") ? maxForwards(new PlainText(line, 14)) : null;
                case 'R' -> readRoute(line);
                case 'C' -> readC(line);
                default -> null;
            };
        } catch (ParseException | InvalidArgumentException refused) {
            return null;
        }
    }

    /** Whether it is the name of a method that everybody knows. */
    static boolean isMethod(String text) {
        return METHODS.contains(text);
    }

    private static @Nullable SIPHeader readRoute(String line) {
        if (line.startsWith("Route: ")) {
            return routes(new PlainText(line, 7));
        }
        return line.startsWith("Record-Route: ") ? recordRoutes(new PlainText(line, 14)) : null;
    }

    private static @Nullable SIPHeader readC(String line) throws ParseException, InvalidArgumentException {
        if (line.startsWith("Call-ID: ")) {
            CallID callId = new CallID();
            callId.setCallId(line.substring(9).trim());
            return callId;
        }
        if (line.startsWith("CSeq: ")) {
            return cseq(new PlainText(line, 6));
        }
        if (line.startsWith("Contact: ")) {
            return contact(new PlainText(line, 9));
        }
        return line.startsWith("Content-Length: ") ? contentLength(new PlainText(line, 16)) : null;
    }

    private static @Nullable SIPHeader cseq(PlainText text) throws ParseException, InvalidArgumentException {
        int number = text.number(MOST_DIGITS);
        text.require(" ");
        String method = text.token();
        if (!text.isDone() || !isMethod(method)) {
            return null;
        }
        CSeq cseq = new CSeq();
        cseq.setSeqNumber(number);
        cseq.setMethod(method);
        return cseq;
    }

    private static @Nullable SIPHeader maxForwards(PlainText text) throws InvalidArgumentException {
        int hops = text.number(MOST_DIGITS);
        return text.isDone() ? new MaxForwards(hops) : null;
    }

    private static @Nullable SIPHeader contentLength(PlainText text) {
        int bytes = text.number(MOST_DIGITS);
        return text.isDone() ? new ContentLength(bytes) : null;
    }

    private static @Nullable SIPHeader single(AddressParametersHeader header, PlainText text) {
        address(header, text);
        return text.isDone() ? header : null;
    }

    private static @Nullable SIPHeader contact(PlainText text) {
        Contact contact = new Contact();
        address(contact, text);
        if (!text.isDone()) {
            return null;
        }
        ContactList contacts = new ContactList();
        contacts.add(contact);
        return contacts;
    }

    private static @Nullable SIPHeader routes(PlainText text) {
        RouteList routes = new RouteList();
        do {
            Route route = new Route();
            address(route, text);
            routes.add(route);
        } while (hasMore(text));
        return text.isDone() ? routes : null;
    }

    private static @Nullable SIPHeader recordRoutes(PlainText text) {
        RecordRouteList routes = new RecordRouteList();
        do {
            RecordRoute route = new RecordRoute();
            address(route, text);
            routes.add(route);
        } while (hasMore(text));
        return text.isDone() ? routes : null;
    }

    private static boolean hasMore(PlainText text) {
        boolean more = text.take(',');
        if (more) {
            text.take(' ');
        }
        return more;
    }

    private static @Nullable SIPHeader vias(PlainText text) {
        ViaList vias = new ViaList();
        do {
            vias.add(via(text));
        } while (hasMore(text));
        return text.isDone() ? vias : null;
    }

    private static Via via(PlainText text) {
        Via via = new Via();
        text.require("SIP/2.0/");
        Protocol protocol = new Protocol();
        protocol.setTransport(text.token());
        via.setSentProtocol(protocol);
        text.require(" ");
        via.setSentBy(PlainUri.hostPort(text));
        while (text.take(';')) {
            via.setParameter(viaParameter(text));
        }
        return via;
    }

    private static NameValue viaParameter(PlainText text) {
        String name = text.token().toLowerCase(Locale.ROOT);
        if (name.equals(Via.BRANCH)) {
            text.require("="); // the stack refuses a branch without a value
            return valued(name, text);
        }
        if (!text.take('=')) {
            return new NameValue(name, null);
        }
        return name.equals(Via.RECEIVED) ? new NameValue(name, text.token()) : valued(name, text);
    }

    /** A name with its value, in quotes or not. */
    private static NameValue valued(String name, PlainText text) {
        int begin = text.place();
        if (text.take('"')) {
            text.back(begin);
            NameValue value = new NameValue(name, text.quoted());
            value.setQuotedValue();
            return value;
        }
        return new NameValue(name, text.token());
    }

    private static void address(AddressParametersHeader header, PlainText text) {
        AddressImpl address = new AddressImpl();
        if (!text.take('<')) {
            address.setDisplayName(displayName(text).trim());
            text.require("<");
        }
        address.setURI(PlainUri.read(text));
        text.require(">");
        header.setAddress(address);
        while (text.take(';')) {
            String name = text.token();
            header.setParameter(text.take('=') ? valued(name, text) : new NameValue(name, "", true));
        }
    }

    private static String displayName(PlainText text) {
        int begin = text.place();
        if (!text.take('"')) {
            return text.name();
        }
        text.back(begin);
        String name = text.quoted();
        text.take(' ');
        return name;
    }
}
