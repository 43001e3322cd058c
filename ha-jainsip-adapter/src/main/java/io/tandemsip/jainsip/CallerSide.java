package io.tandemsip.jainsip;

import javax.sip.SipException;
import javax.sip.header.ViaHeader;
import javax.sip.message.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who sent a request, as its response context answers: one final response at most, nothing provisional after it. Who can't be
 * reached is told nothing. Confined to the context's mailbox.
 */
final class CallerSide {
    private static final Logger LOG = LoggerFactory.getLogger(CallerSide.class);

    private final ProxyCore core;
    private final ServerLeg leg;
    private final Arrival arrival;
    private final Runnable afterwards;
    private boolean answered;

    /**
     * Nothing was answered yet.
     *
     * @param afterwards is run right before the final response
     */
    CallerSide(ProxyCore core, ServerLeg leg, Arrival arrival, Runnable afterwards) {
        this.core = core;
        this.leg = leg;
        this.arrival = arrival;
        this.afterwards = afterwards;
    }

    /** Whether there was a final response. */
    boolean isAnswered() {
        return answered;
    }

    /** Answers 100. */
    void trying() {
        if (!answered) {
            try {
                leg.send(core.replies().own(arrival.request(), Response.TRYING));
            } catch (SipException | RuntimeException unreachable) {
                unanswered(unreachable);
            }
        }
    }

    /** Hands a provisional response on. */
    void forward(Response received) {
        if (!answered) {
            send(received);
        }
    }

    /** Hands a final response on. */
    void relayFinal(Response received) {
        if (!answered) {
            finish();
            send(received);
        }
    }

    /** Hands on a 2xx to an INVITE that was answered before: by its Via alone, as no transaction is left. */
    void relayAnother(Response received) {
        try {
            Response relayed = core.hidden().relayed(received, arrival.provider());
            if (relayed.getHeader(ViaHeader.NAME) instanceof ViaHeader next) {
                core.sendByVia(relayed, next, arrival.provider());
            }
        } catch (SipException | RuntimeException unreachable) {
            unanswered(unreachable);
        }
    }

    /** Answers finally. */
    void answerFinal(Step.Answer answer) {
        if (!answered) {
            finish();
            try {
                leg.send(core.replies().own(arrival.request(), answer.statusCode(), answer.retryAfter()));
            } catch (SipException | RuntimeException unreachable) {
                unanswered(unreachable);
            }
        }
    }

    /** Answers finally, and says more. */
    void reply(Step.Reply reply) {
        if (!answered) {
            finish();
            try {
                Response response = core.replies().own(arrival.request(), reply.statusCode());
                reply.headers().forEach(response::addHeader);
                leg.send(response);
            } catch (SipException | RuntimeException unreachable) {
                unanswered(unreachable);
            }
        }
    }

    private void send(Response received) {
        try {
            leg.send(core.hidden().relayed(received, arrival.provider()));
        } catch (SipException | RuntimeException unreachable) {
            unanswered(unreachable);
        }
    }

    private void finish() {
        answered = true;
        afterwards.run();
    }

    private void unanswered(Exception unreachable) {
        LOG.debug("the caller of {} can't be answered", arrival.callId(), unreachable);
    }
}
