package io.tandemsip.jainsip;

import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a datagram's bytes tell of the request in them, for a small part of what it costs to parse it: whether it begins something new, and the
 * lines that a refusal repeats. What is unusual (a folded line, a header twice, a lone line feed) is left to the parser. Where
 * this finds no To tag there is none. Valid as long as the bytes are not changed. Confined to one thread.
 */
final class RawRequest {
    private static final int MOST_VIAS = 16;
    private static final int LONGEST_METHOD = 16;
    private static final byte[] RESPONSE = "SIP/2.0 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = " SIP/2.0".getBytes(StandardCharsets.US_ASCII);

    /** What stands once. */
    private static final int FROM = 0;

    private static final int TO = 1;
    private static final int CALL_ID = 2;
    private static final int CSEQ = 3;
    private static final int SINGLES = 4;

    private final byte[] bytes;
    private final int end;
    private String method = "";
    private boolean priority;
    private boolean toTag;
    private int viaCount;
    private final int[] vias = new int[2 * MOST_VIAS];
    private final int[] singles = new int[2 * SINGLES];

    private RawRequest(byte[] bytes, int end) {
        this.bytes = bytes;
        this.end = end;
    }

    /** Reads what a refusal needs; empty if it is unusual, not whole, or no request. */
    static Optional<RawRequest> of(DatagramPacket packet) {
        RawRequest request = new RawRequest(packet.getData(), packet.getOffset() + packet.getLength());
        return request.read(packet.getOffset()) ? Optional.of(request) : Optional.empty();
    }

    /**
     * Whether a datagram goes before those that begin something new: a response, a request within a dialog, a priority call. A CANCEL does not: it
     * must not overtake its INVITE.
     */
    static boolean isUrgent(DatagramPacket packet) {
        int start = packet.getOffset();
        return matches(packet.getData(), start, start + packet.getLength(), RESPONSE)
                || of(packet)
                        .filter(request -> request.toTag || request.priority || request.isAck())
                        .isPresent();
    }

    String method() {
        return method;
    }

    boolean isAck() {
        return method.equals("ACK");
    }

    /** Whether it begins something and need not get through: what a proxy with too little time may refuse. */
    boolean isRefusable() {
        return !toTag && !priority && !isAck() && !method.equals("CANCEL");
    }

    String callId() {
        return value(singles[2 * CALL_ID], singles[2 * CALL_ID + 1]);
    }

    /** The whole line, name and all, without its end. */
    String to() {
        return line(singles, TO);
    }

    /** Its topmost Via; empty if that is unusual. */
    Optional<RawVia> via() {
        return RawVia.of(value(vias[0], vias[1]));
    }

    /**
     * The lines that a response repeats (RFC 3261 section 8.2.6.2), the To last.
     *
     * @param topVia in place of the topmost Via
     */
    String repeated(String topVia) {
        StringBuilder text = new StringBuilder(2 * (end - vias[0]))
                .append("Via: ")
                .append(topVia)
                .append("\r\n");
        for (int via = 1; via < viaCount; via++) {
            text.append(line(vias, via)).append("\r\n");
        }
        return text.append(line(singles, FROM))
                .append("\r\n")
                .append(line(singles, CALL_ID))
                .append("\r\n")
                .append(line(singles, CSEQ))
                .append("\r\n")
                .append(to())
                .toString();
    }

    private String line(int[] lines, int which) {
        return text(lines[2 * which], lines[2 * which + 1]);
    }

    private String value(int lineStart, int lineEnd) {
        int at = lineStart;
        while (bytes[at] != ':') {
            at++;
        }
        return text(at + 1, lineEnd).strip();
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private boolean read(int start) {
        int lineEnd = lineEnd(start);
        if (lineEnd < 0 || !readRequestLine(start, lineEnd)) {
            return false;
        }
        int at = lineEnd + 2;
        lineEnd = lineEnd(at);
        while (lineEnd > at) {
            if (!readHeader(at, lineEnd)) {
                return false;
            }
            at = lineEnd + 2;
            lineEnd = lineEnd(at);
        }
        return lineEnd == at && isWhole();
    }

    /** Where the CRLF of a line begins; -1 if it ends in another way. */
    private int lineEnd(int start) {
        for (int at = start; at < end; at++) {
            byte each = bytes[at];
            if (each == '\r') {
                return at + 1 < end && bytes[at + 1] == '\n' ? at : -1;
            }
            if (each == '\n' || each == 0) {
                return -1;
            }
        }
        return -1;
    }

    private boolean readRequestLine(int start, int lineEnd) {
        int space = start;
        while (space < lineEnd && bytes[space] >= 'A' && bytes[space] <= 'Z') {
            space++;
        }
        int uriEnd = lineEnd - VERSION.length;
        if (space == start
                || space - start > LONGEST_METHOD
                || uriEnd <= space + 1
                || bytes[space] != ' '
                || !matches(bytes, uriEnd, lineEnd, VERSION)) {
            return false;
        }
        for (int at = space + 1; at < uriEnd; at++) {
            if (bytes[at] == ' ') {
                return false;
            }
        }
        method = text(start, space);
        priority = isNamed(space + 1, uriEnd, "urn:");
        return true;
    }

    private boolean readHeader(int start, int lineEnd) {
        int colon = start;
        while (colon < lineEnd && bytes[colon] != ':') {
            colon++;
        }
        if (colon == lineEnd || bytes[start] == ' ' || bytes[start] == '\t') {
            return false;
        }
        return switch (bytes[start] | 0x20) {
            case 'v' -> !isHeader(start, colon, "via", 1) || addVia(start, lineEnd);
            case 'f' -> !isHeader(start, colon, "from", 1) || once(FROM, start, lineEnd);
            case 't' -> !isHeader(start, colon, "to", 1) || once(TO, start, lineEnd) && readTo(colon + 1, lineEnd);
            case 'i' -> !isHeader(start, colon, "i", 1) || once(CALL_ID, start, lineEnd);
            case 'c' ->
                isHeader(start, colon, "call-id", 0)
                        ? once(CALL_ID, start, lineEnd)
                        : !isHeader(start, colon, "cseq", 0) || once(CSEQ, start, lineEnd);
            case 'r' -> {
                priority |= isHeader(start, colon, "resource-priority", 0);
                yield true;
            }
            default -> true;
        };
    }

    /** Whether a header has a name, or the name's first letters, if it has a compact form. */
    private boolean isHeader(int start, int colon, String name, int compact) {
        int nameEnd = colon;
        while (nameEnd > start && (bytes[nameEnd - 1] == ' ' || bytes[nameEnd - 1] == '\t')) {
            nameEnd--;
        }
        int length = nameEnd - start;
        return (length == name.length() || length == compact) && isNamed(start, nameEnd, name.substring(0, length));
    }

    private boolean addVia(int start, int lineEnd) {
        if (viaCount == MOST_VIAS) {
            return false;
        }
        vias[2 * viaCount] = start;
        vias[2 * viaCount + 1] = lineEnd;
        viaCount++;
        return true;
    }

    private boolean once(int which, int start, int lineEnd) {
        boolean first = singles[2 * which + 1] == 0;
        singles[2 * which] = start;
        singles[2 * which + 1] = lineEnd;
        return first;
    }

    /** Whatever looks like a tag anywhere, a part of a name or of a URI too, is taken for one: the parser knows better. */
    private boolean readTo(int start, int lineEnd) {
        for (int at = start; at + 3 < lineEnd; at++) {
            if (isNamed(at, lineEnd, "tag")) {
                int equals = at + 3;
                while (equals < lineEnd && (bytes[equals] == ' ' || bytes[equals] == '\t')) {
                    equals++;
                }
                toTag |= equals < lineEnd && bytes[equals] == '=';
            }
        }
        return true;
    }

    private boolean isAscii(int start, int limit) {
        for (int at = start; at < limit; at++) {
            if (bytes[at] < 0) {
                return false;
            }
        }
        return true;
    }

    /** All that must be there is, and CSeq names the method. */
    private boolean isWhole() {
        for (int which = 0; which < SINGLES; which++) {
            if (singles[2 * which + 1] == 0) {
                return false;
            }
        }
        if (!isAscii(vias[0], vias[1]) || !isAscii(singles[2 * CALL_ID], singles[2 * CALL_ID + 1])) {
            return false;
        }
        String cseq = value(singles[2 * CSEQ], singles[2 * CSEQ + 1]);
        int digits = 0;
        while (digits < cseq.length() && cseq.charAt(digits) >= '0' && cseq.charAt(digits) <= '9') {
            digits++;
        }
        return viaCount > 0
                && digits > 0
                && digits < cseq.length()
                && cseq.substring(digits).strip().equals(method);
    }

    /** Whether bytes begin with a text of lower case, in any case. */
    private boolean isNamed(int start, int limit, String lowerCase) {
        if (limit - start < lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            int each = bytes[start + i];
            if ((each >= 'A' && each <= 'Z' ? each | 0x20 : each) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(byte[] bytes, int start, int limit, byte[] text) {
        if (limit - start < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (bytes[start + i] != text[i]) {
                return false;
            }
        }
        return true;
    }
}
