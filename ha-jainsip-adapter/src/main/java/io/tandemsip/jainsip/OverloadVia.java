package io.tandemsip.jainsip;

import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.text.ParseException;
import java.util.Iterator;
import java.util.Optional;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Overload control in Via, for any host: what it says to the next hop that it understands, what that asks of it, and the same
 * towards who sends to it. Pure functions but for the header that they are asked to change. RFC 7339, RFC 7415.
 *
 * <p>A host that forwards offers in the Via that it adds, reads what comes back there before it takes that Via off, and
 * answers in the Via that is on top then. What it reads it tells by {@link io.tandemsip.HaRouter#report} as {@link
 * io.tandemsip.health.TrafficOutcome.Controlled}; what it answers is {@link io.tandemsip.HaRouter#overloadAdvice}.
 */
public final class OverloadVia {
    private static final String OC = "oc";
    private static final String ALGORITHM = "oc-algo";
    private static final String VALIDITY = "oc-validity";
    private static final String SEQUENCE = "oc-seq";
    /** Of two, the list in quotes has a comma, which Kamailio (5.6) takes for the end of the Via: it drops such a request. */
    private static final String OFFERED = "\"loss\"";

    private OverloadVia() {}

    /**
     * Says in a request that is to be sent that this host understands overload control, by naming the kind that every server
     * has, loss. Who answers with a rate is understood too.
     *
     * @param own the Via that this host adds
     */
    public static void offer(ViaHeader own) {
        set(own, OC, null);
        set(own, ALGORITHM, OFFERED);
    }

    /**
     * What the next hop asks for.
     *
     * @param response one whose topmost Via is this host's own, to a request that it sent
     * @return empty if it asks for nothing, or for what can't be read
     */
    public static Optional<OverloadFeedback> feedback(Message response) {
        ViaHeader top = (ViaHeader) response.getHeader(ViaHeader.NAME);
        String value = top == null ? "" : text(top, OC);
        return value.isEmpty()
                ? Optional.empty()
                : OverloadFeedback.read(value, text(top, ALGORITHM), text(top, VALIDITY), text(top, SEQUENCE));
    }

    /**
     * The kind to use with who sent a request: the first of its list that is known here.
     *
     * @param topmost the Via that its sender added
     * @return empty if it does not take part
     */
    public static Optional<Algorithm> offered(ViaHeader topmost) {
        if (!has(topmost, OC)) {
            return Optional.empty();
        }
        for (String name : text(topmost, ALGORITHM).split(",", -1)) {
            Optional<Algorithm> known = Algorithm.read(name);
            if (known.isPresent()) {
                return known;
            }
        }
        return Optional.empty();
    }

    /**
     * Tells who sent a request how much less it is to send.
     *
     * @param topmost the Via that it added, on top of the response to it
     * @param feedback what it is told
     */
    public static void answer(ViaHeader topmost, OverloadFeedback feedback) {
        set(topmost, OC, Long.toString(feedback.value()));
        set(topmost, ALGORITHM, '"' + feedback.algorithm().token() + '"');
        set(topmost, VALIDITY, Long.toString(feedback.validity().toMillis()));
        set(topmost, SEQUENCE, feedback.sequenceText());
    }

    /**
     * Takes off what another hop said: it speaks to its neighbour only.
     *
     * @param via any
     */
    public static void strip(ViaHeader via) {
        via.removeParameter(OC);
        via.removeParameter(ALGORITHM);
        via.removeParameter(VALIDITY);
        via.removeParameter(SEQUENCE);
    }

    private static boolean has(ViaHeader via, String name) {
        for (Iterator<?> names = via.getParameterNames(); names.hasNext(); ) {
            if (name.equalsIgnoreCase(String.valueOf(names.next()))) {
                return true;
            }
        }
        return false;
    }

    private static String text(ViaHeader via, String name) {
        String value = via.getParameter(name);
        return value == null ? "" : value.replace("\"", "").strip();
    }

    /** A parameter that stood there in quotes would keep them, around those of the new value. */
    private static void set(ViaHeader via, String name, @Nullable String value) {
        via.removeParameter(name);
        try {
            via.setParameter(name, value);
        } catch (ParseException impossible) {
            throw new IllegalStateException("parameter " + name + ": a valid value was refused", impossible);
        }
    }
}
