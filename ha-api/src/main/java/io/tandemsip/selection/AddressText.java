package io.tandemsip.selection;

import java.util.Locale;

/** Reads addresses out of header values, leniently: what has another form is taken as it is. Pure. */
final class AddressText {
    private AddressText() {}

    /** User, host and port of a name-addr, an addr-spec or a URI; no scheme, no parameters; the host in lower case. */
    static String address(String value) {
        String uri = withoutScheme(uri(value));
        int at = uri.lastIndexOf('@', end(uri, "?") - 1);
        String host = uri.substring(at + 1);
        host = host.substring(0, end(host, ";?")).toLowerCase(Locale.ROOT);
        return (uri.substring(0, at + 1) + host).trim();
    }

    static String user(String address) {
        int at = address.lastIndexOf('@');
        return at < 0 ? address : address.substring(0, at);
    }

    /** The username of a credentials header, quoted or not. */
    static String userName(String credentials) {
        int name = credentials.toLowerCase(Locale.ROOT).indexOf("username");
        int equals = name < 0 ? -1 : credentials.indexOf('=', name);
        if (equals < 0) {
            return "";
        }
        String rest = credentials.substring(equals + 1).trim();
        if (rest.startsWith("\"")) {
            return rest.substring(1, 1 + end(rest.substring(1), "\""));
        }
        return rest.substring(0, end(rest, ", "));
    }

    /** Between the angle brackets that follow a quoted or plain name, or all up to the header's own parameters. */
    private static String uri(String value) {
        int from = value.indexOf('<', afterQuotes(value));
        if (from >= 0) {
            String rest = value.substring(from + 1);
            return rest.substring(0, end(rest, ">"));
        }
        return value.trim();
    }

    private static int afterQuotes(String value) {
        if (!value.stripLeading().startsWith("\"")) {
            return 0;
        }
        for (int i = value.indexOf('"') + 1; i < value.length(); i++) {
            if (value.charAt(i) == '\\') {
                i++;
            } else if (value.charAt(i) == '"') {
                return i;
            }
        }
        return 0;
    }

    private static String withoutScheme(String uri) {
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT);
        return scheme.equals("sip") || scheme.equals("sips") || scheme.equals("tel") ? uri.substring(colon + 1) : uri;
    }

    /** Where the first of these characters stands; the length if none does. */
    private static int end(String text, String stops) {
        for (int i = 0; i < text.length(); i++) {
            if (stops.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return text.length();
    }
}
