package io.tandemsip.jainsip;

import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.sip.header.Header;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;

/**
 * Makes branch ids: a magic cookie, a hash of what decides over the request's way (RFC 3261 section 16.6 step 8 as
 * corrected by RFC 5393: without Via), and a part that is unique. The hash finds loops. Thread-safe.
 */
final class Branches {
    static final String PREFIX = "z9hg4bktd";

    private static final String MAGIC = "z9hG4bKtd";
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final AtomicLong next;
    private final String suffix;

    Branches(long seed) {
        this(seed, "");
    }

    /**
     * Makes branches from a seed.
     *
     * @param seed where the unique parts begin
     * @param suffix what each branch ends with
     */
    Branches(long seed, String suffix) {
        next = new AtomicLong(seed);
        this.suffix = suffix;
    }

    /** A branch that no other request of this proxy has. */
    String unique(Request received) {
        return MAGIC + loopPart(received) + '.' + base36(mix(next.addAndGet(GOLDEN_GAMMA))) + suffix;
    }

    /** A branch that is the same for each retransmission of a request that is forwarded without transaction. */
    static String repeatable(Request received) {
        return MAGIC
                + loopPart(received)
                + '.'
                + base36(mix(SipText.branch(received).hashCode()));
    }

    /** Whether this proxy forwarded the same request on the same way before. */
    static boolean isLoop(Request received, ListeningSides sides) {
        Iterator<?> vias = received.getHeaders(ViaHeader.NAME);
        String loop = ""; // only a request that passed here before is worth its cost
        while (vias.hasNext()) {
            ViaHeader via = (ViaHeader) vias.next();
            if (sides.isOwn(via.getHost(), via.getPort())) {
                loop = loop.isEmpty() ? (MAGIC + loopPart(received) + '.').toLowerCase(Locale.ROOT) : loop;
                if (SipText.branch(via).startsWith(loop)) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean isOurs(String branch) {
        return branch.startsWith(PREFIX);
    }

    private static String loopPart(Request received) {
        long hash = text(0, received.getRequestURI().toString());
        hash = text(hash, SipText.callId(received));
        hash = text(hash, SipText.fromTag(received));
        hash = text(hash, SipText.toTag(received));
        hash = text(hash, Long.toString(SipText.cseqNumber(received)));
        hash = header(hash, received, RouteHeader.NAME);
        hash = header(hash, received, "Proxy-Require");
        hash = header(hash, received, "Proxy-Authorization");
        return base36(mix(hash));
    }

    private static long header(long hash, Request received, String name) {
        Header header = received.getHeader(name);
        return header == null ? text(hash, "") : text(hash, header.toString());
    }

    private static long text(long hash, String text) {
        long sum = hash;
        for (int i = 0; i < text.length(); i++) {
            sum = 31 * sum + text.charAt(i);
        }
        return mix(sum + text.length());
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static String base36(long value) {
        long most = Long.divideUnsigned(value, Character.MAX_RADIX); // of a negative number the JDK makes a BigInteger
        return Long.toString(most, Character.MAX_RADIX)
                + Character.forDigit((int) (value - most * Character.MAX_RADIX), Character.MAX_RADIX);
    }
}
