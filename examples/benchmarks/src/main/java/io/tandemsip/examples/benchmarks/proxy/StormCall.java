package io.tandemsip.examples.benchmarks.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of a storm: what its caller says, and where it stands. INVITE, ACK, re-INVITE, ACK, BYE; or INVITE, ACK of its refusal. Repeats
 * what is not answered (RFC 3261 section 17.1). Confined to one thread.
 */
final class StormCall {
    static final int INVITE = 1;
    static final int RE_INVITE = 2;
    static final int BYE = 3;

    private static final long T1_NANOS = 500_000_000;
    private static final long T2_NANOS = 4_000_000_000L;
    private static final long LIFE_NANOS = 64 * T1_NANOS;

    private final int number;
    private final String own;
    private final String proxy;
    private final boolean priority;
    private String to;
    private String remoteTarget = "";
    private String routes = "";

    /** Which request was sent last, as its CSeq. */
    int sequence = INVITE;

    /** Whether that has its final response. */
    boolean answered;

    /** The last request, to be repeated; the ACK once it is answered. */
    byte[] last = new byte[0];

    private long sentNanos;
    private long waitNanos = T1_NANOS;

    /** When something is to be done about it next. */
    long dueNanos;

    /**
     * Not begun.
     *
     * @param number names it
     * @param own where the caller is
     * @param proxy where the service is
     * @param priority whether it says that it must get through
     */
    StormCall(int number, String own, String proxy, boolean priority) {
        this.number = number;
        this.own = own;
        this.proxy = proxy;
        this.priority = priority;
        to = "<sip:service@" + proxy + ">";
    }

    int number() {
        return number;
    }

    boolean isPriority() {
        return priority;
    }

    boolean isUp() {
        return sequence > INVITE || answered;
    }

    /** The request that is next. */
    byte[] request(int of, long nowNanos) {
        sequence = of;
        answered = false;
        sentNanos = nowNanos;
        waitNanos = T1_NANOS;
        dueNanos = nowNanos + waitNanos;
        String method = of == BYE ? "BYE" : "INVITE";
        String more = (of == BYE ? "" : "Contact: <sip:caller@" + own + ">\r\n")
                + (priority ? "Resource-Priority: esnet.0\r\n" : "");
        last = message(method, of, method, more);
        return last;
    }

    /** A provisional response came: an INVITE is not repeated any more. */
    void progressed() {
        if (!answered && sequence != BYE) {
            waitNanos = LIFE_NANOS;
            dueNanos = sentNanos + LIFE_NANOS;
        }
    }

    /** A refusal of the first INVITE; its ACK has the INVITE's branch. */
    byte[] refused(String refusal) {
        answered = true;
        to = header(refusal, "To:");
        last = message("INVITE", INVITE, "ACK", "");
        return last;
    }

    /** A 200 of an INVITE; its ACK. */
    byte[] accepted(String answer, long nowNanos, long holdNanos) {
        answered = true;
        if (sequence == INVITE) {
            to = header(answer, "To:");
            String contact = header(answer, "Contact:");
            remoteTarget = contact.substring(contact.indexOf('<') + 1, contact.indexOf('>'));
            List<String> recorded = new ArrayList<>();
            answer.lines()
                    .filter(line -> line.startsWith("Record-Route:"))
                    .forEach(line -> recorded.add(0, "Route:" + line.substring(line.indexOf(':') + 1) + "\r\n"));
            routes = String.join("", recorded);
        }
        dueNanos = nowNanos + holdNanos;
        last = message("ACK", sequence, "ACK", "");
        return last;
    }

    /** Whether what was sent last is given up. */
    boolean isLost(long nowNanos) {
        return nowNanos - sentNanos >= LIFE_NANOS;
    }

    /** What was sent last goes again. */
    byte[] again(long nowNanos) {
        waitNanos = sequence == BYE ? Math.min(2 * waitNanos, T2_NANOS) : 2 * waitNanos;
        dueNanos = Math.min(nowNanos + waitNanos, sentNanos + LIFE_NANOS);
        return last;
    }

    private byte[] message(String transaction, int cseq, String method, String more) {
        boolean first = remoteTarget.isEmpty();
        return (method + ' ' + (first ? "sip:service@" + proxy : remoteTarget) + " SIP/2.0\r\n"
                        + "Via: SIP/2.0/UDP " + own + ";branch=z9hG4bK" + number + transaction + cseq + "\r\n"
                        + routes
                        + "From: <sip:caller@" + own + ">;tag=c" + number + "\r\n"
                        + "To: " + to + "\r\n"
                        + "Call-ID: " + number + "@storm\r\n"
                        + "CSeq: " + cseq + ' ' + method + "\r\n"
                        + more
                        + "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** A header's value; empty if there is none. */
    static String header(String message, String name) {
        int at = message.indexOf("\r\n" + name);
        return at < 0
                ? ""
                : message.substring(at + 2 + name.length(), message.indexOf('\r', at + 2))
                        .strip();
    }
}
