package io.tandemsip.jainsip;

import java.util.Locale;
import javax.sip.address.URI;

/** One request on its way to one target. Thread-safe. */
final class Branch {
    private final String id;
    private final ClientLeg leg;
    private final Target target;
    private final URI requestUri;
    private volatile boolean heard;

    Branch(String id, ClientLeg leg, Target target, URI requestUri) {
        this.id = id.toLowerCase(Locale.ROOT);
        this.leg = leg;
        this.target = target;
        this.requestUri = requestUri;
    }

    /** Its id, as {@link SipText#branch} reads it. */
    String id() {
        return id;
    }

    ClientLeg leg() {
        return leg;
    }

    Target target() {
        return target;
    }

    URI requestUri() {
        return requestUri;
    }

    /** Whether a provisional response came. */
    boolean heard() {
        return heard;
    }

    void hear() {
        heard = true;
    }
}
