package io.tandemsip.jainsip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes SIP messages that are nearly right, from a grammar of what headers hold, and then spoils most of them. The same seed
 * makes the same messages. Confined to one thread.
 */
final class SipFuzzer {
    private static final List<String> METHODS = List.of(
            "INVITE",
            "ACK",
            "BYE",
            "CANCEL",
            "OPTIONS",
            "REGISTER",
            "PRACK",
            "UPDATE",
            "INFO",
            "SUBSCRIBE",
            "NOTIFY",
            "REFER",
            "MESSAGE",
            "PUBLISH",
            "invite",
            "X-y.z",
            "");
    private static final List<String> SCALARS = List.of(
            "0",
            "1",
            "70",
            "255",
            "256",
            "-1",
            "65536",
            "2147483647",
            "2147483648",
            "4294967296",
            "18446744073709551616",
            "1e9",
            "0x10",
            "",
            " ",
            "NaN",
            "٣");
    private static final List<String> HOSTS = List.of(
            "example.org",
            "127.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "::1",
            "256.1.1.1",
            "a..b",
            "-",
            "",
            "%00",
            "[",
            "]",
            "xn--bcher-kva.example",
            "1",
            "0.0.0.0");
    private static final List<String> NAMES = List.of(
            "From",
            "To",
            "Call-ID",
            "CSeq",
            "Via",
            "v",
            "f",
            "t",
            "i",
            "l",
            "m",
            "Contact",
            "Route",
            "Record-Route",
            "Max-Forwards",
            "Content-Length",
            "Content-Type",
            "Require",
            "Proxy-Require",
            "Supported",
            "Expires",
            "Retry-After",
            "Session-Expires",
            "Replaces",
            "Authorization",
            "Proxy-Authorization",
            "Date",
            "Event",
            "RAck",
            "RSeq",
            "Refer-To",
            "Path",
            "Resource-Priority",
            "P-Asserted-Identity",
            "X",
            "",
            "Subject",
            "Warning",
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Alert-Info",
            "Allow",
            "Allow-Events",
            "Authentication-Info",
            "Call-Info",
            "Content-Disposition",
            "Content-Encoding",
            "Content-Language",
            "Error-Info",
            "In-Reply-To",
            "Join",
            "Min-Expires",
            "Min-SE",
            "Organization",
            "Priority",
            "Privacy",
            "Proxy-Authenticate",
            "Reason",
            "Referred-By",
            "Reply-To",
            "Security-Client",
            "Server",
            "Service-Route",
            "Subscription-State",
            "Timestamp",
            "Unsupported",
            "User-Agent",
            "WWW-Authenticate");
    private static final String SPECIALS = "\r\n\t \"\\<>;,:@?&=%()[]{}/\0\u007f\u00e9";

    private final Random random;
    private final String caller;
    private final String proxy;
    private final List<String> corpus = new ArrayList<>();
    private int count;

    SipFuzzer(long seed, String caller, String proxy) {
        this.random = new Random(seed);
        this.caller = caller;
        this.proxy = proxy;
        TortureMessages.all().forEach(each -> corpus.add(each.message(caller, proxy, 7)));
    }

    /** The next message. */
    byte[] next() {
        count++;
        String message = random.nextInt(5) == 0 ? pick(corpus) : random.nextInt(6) == 0 ? response() : request();
        for (int i = random.nextInt(4); i > 0; i--) {
            message = spoiled(message);
        }
        byte[] bytes = message.getBytes(random.nextInt(8) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        for (int i = random.nextInt(6) == 0 ? random.nextInt(4) : 0; i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private boolean rarely() {
        return random.nextInt(12) == 0;
    }

    private String word() {
        int length = rarely() ? random.nextInt(300) : 1 + random.nextInt(8);
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append(
                    rarely() ? SPECIALS.charAt(random.nextInt(SPECIALS.length())) : (char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }

    private String parameters() {
        StringBuilder text = new StringBuilder();
        for (int i = rarely() ? random.nextInt(40) : random.nextInt(3); i > 0; i--) {
            text.append(';')
                    .append(pick(List.of(
                            "tag",
                            "branch",
                            "lr",
                            "td",
                            "tc",
                            "received",
                            "rport",
                            "maddr",
                            "ttl",
                            "transport",
                            "oc",
                            "oc-algo",
                            "expires",
                            "q",
                            word())));
            if (random.nextBoolean()) {
                text.append('=').append(rarely() ? '"' + word() + '"' : rarely() ? pick(SCALARS) : word());
            }
        }
        return text.toString();
    }

    private String uri() {
        String scheme = pick(List.of("sip:", "sip:", "sip:", "sips:", "tel:", "urn:service:sos", "http:", "", "SIP:"));
        String user = random.nextBoolean() ? word() + (rarely() ? ":" + word() : "") + '@' : "";
        String host = rarely() ? pick(HOSTS) : random.nextInt(3) == 0 ? proxy : "example.org";
        String port = rarely() ? ":" + pick(SCALARS) : "";
        return scheme + user + host + port + parameters() + (rarely() ? "?" + word() + "=" + word() : "");
    }

    private String address() {
        String display = random.nextInt(3) == 0 ? '"' + word() + "\" " : rarely() ? word() + ' ' : "";
        return rarely() ? uri() : display + '<' + uri() + '>';
    }

    private String via() {
        return pick(List.of(
                        "SIP/2.0/UDP ",
                        "SIP/2.0/UDP ",
                        "SIP/2.0/UDP ",
                        "SIP/2.0/TCP ",
                        "SIP / 2.0 / TLS ",
                        "SIP/3.0/X "))
                + (rarely() ? pick(HOSTS) + ":" + pick(SCALARS) : caller)
                + (rarely() ? "" : ";branch=z9hG4bK" + count + 'x' + random.nextInt(1_000))
                + (rarely() ? parameters() : "")
                + (rarely() ? " (" + word() + pick(List.of(")", "", "\\", "\\)")) : "");
    }

    private String text() {
        switch (random.nextInt(5)) {
            case 0:
                return word() + parameters();
            case 1:
                return address();
            case 2:
                return '"' + word() + "\" (" + word() + ')';
            case 3:
                return "Digest realm=\"" + word() + "\", nonce=" + word() + ", " + word();
            default:
                return word() + '/' + word() + parameters() + ", " + word();
        }
    }

    private String value(String name) {
        switch (name) {
            case "From", "f", "To", "t", "Contact", "m", "Refer-To", "P-Asserted-Identity":
                return address() + parameters();
            case "Route", "Record-Route", "Path":
                return rarely() ? address() : "<sip:" + proxy + ";lr;td=" + word() + ";tc=" + word() + '>';
            case "Via", "v":
                return via();
            case "CSeq":
                return pick(SCALARS) + ' ' + pick(METHODS);
            case "Replaces":
                return word() + ";to-tag=" + word() + ";from-tag=" + word();
            default:
                return random.nextInt(4) == 0 ? text() : pick(SCALARS);
        }
    }

    private String request() {
        String method = pick(METHODS);
        String body = random.nextInt(3) == 0 ? word() + "\r\n" + word() : "";
        return rest(method + ' ' + uri() + " SIP/2.0\r\n" + (rarely() ? "" : "Via: " + via() + "\r\n"), method, body);
    }

    private String response() {
        String status = rarely() ? pick(SCALARS) : Integer.toString(100 + random.nextInt(600));
        return rest(
                "SIP/2.0 " + status + ' ' + word() + "\r\nVia: SIP/2.0/UDP " + proxy + ";branch=z9hG4bKtd" + word()
                        + "\r\n" + (random.nextBoolean() ? "Via: " + via() + "\r\n" : ""),
                pick(METHODS),
                "");
    }

    private String rest(String start, String method, String body) {
        StringBuilder text = new StringBuilder(start);
        text.append("From: ")
                .append(rarely() ? address() : "<sip:a@example.org>")
                .append(";tag=")
                .append(count)
                .append("\r\n");
        text.append("To: ").append(rarely() ? address() : "<sip:b@example.org>");
        text.append(random.nextInt(4) == 0 ? ";tag=" + word() : "").append("\r\n");
        text.append("Call-ID: fuzz")
                .append(count)
                .append("\r\nCSeq: 1 ")
                .append(method)
                .append("\r\n");
        text.append(rarely() ? "" : "Max-Forwards: 70\r\n");
        for (int i = rarely() ? random.nextInt(200) : random.nextInt(5); i > 0; i--) {
            String name = pick(NAMES);
            text.append(name).append(": ").append(value(name)).append("\r\n");
        }
        return text + "Content-Length: " + (rarely() ? pick(SCALARS) : Integer.toString(body.length())) + "\r\n\r\n"
                + body;
    }

    private String spoiled(String message) {
        if (message.isEmpty()) {
            return message;
        }
        int at = random.nextInt(message.length());
        List<String> lines = new ArrayList<>(List.of(message.split("\r\n", -1)));
        int line = random.nextInt(lines.size());
        switch (random.nextInt(9)) {
            case 0:
                return message.substring(0, at);
            case 1:
                return message.substring(0, at)
                        + SPECIALS.charAt(random.nextInt(SPECIALS.length()))
                        + message.substring(at);
            case 2:
                return message.substring(0, at)
                        + message.substring(Math.min(message.length(), at + random.nextInt(20)));
            case 3:
                lines.remove(line);
                return String.join("\r\n", lines);
            case 4:
                lines.add(line, lines.get(random.nextInt(lines.size())));
                return String.join("\r\n", lines);
            case 5:
                return message.replaceFirst("\\d+", pick(SCALARS));
            case 6:
                return message.replace("\r\n", random.nextBoolean() ? "\n" : "\r\n ");
            case 7:
                return message.replaceFirst(rarely() ? "SIP/2.0" : ":", word().replaceAll("[\\\\$]", ""));
            default:
                return message.substring(0, at) + word() + message.substring(at);
        }
    }
}
