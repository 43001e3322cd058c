package io.tandemsip.jainsip;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sip.SipException;
import javax.sip.address.URI;

/** One request on its way to one target. Thread-safe. */
final class Branch {
    private final String id;
    private final ClientLeg leg;
    private final Target target;
    private final URI requestUri;
    private final Optional<Step.Send> smaller;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private volatile boolean heard;

    /**
     * Not sent yet.
     *
     * @param id of its Via
     * @param leg sends it
     * @param target where to
     * @param requestUri as it leaves
     * @param smaller the step to be done again by datagram if nobody takes the connection that it goes by for its size; empty
     *     for any other
     */
    Branch(String id, ClientLeg leg, Target target, URI requestUri, Optional<Step.Send> smaller) {
        this.smaller = smaller;
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

    Optional<Step.Send> smaller() {
        return smaller;
    }

    /** Whether a provisional response came. */
    boolean heard() {
        return heard;
    }

    void hear() {
        heard = true;
    }

    /** Sends CANCEL, once however often it is asked to: after a provisional response only. */
    void cancel() throws SipException {
        if (cancelled.compareAndSet(false, true)) {
            leg.cancel();
        }
    }
}
