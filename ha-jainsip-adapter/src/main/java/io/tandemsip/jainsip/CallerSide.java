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
        if (answered) {
            return;
        }
        finish();
        try {
            leg.send(onwardOrRefusal(received));
        } catch (SipException | RuntimeException unreachable) {
            unanswered(unreachable);
        }
    }

    /** What can't be handed on is an answer all the same: without one the caller would wait in vain, and its transaction stay. */
    private Response onwardOrRefusal(Response received) throws SipException {
        try {
            return onward(received);
        } catch (SipException | RuntimeException forged) {
            LOG.debug("an answer to {} can't be handed on", arrival.callId(), forged);
            return core.replies().own(arrival.request(), Response.SERVER_INTERNAL_ERROR);
        }
    }

    /**
     * What goes to who asked, and to nobody else: whoever answers can write into the Vias what he likes, and what he took off can't
     * be answered by.
     */
    private Response onward(Response received) throws SipException {
        Response relayed = core.hidden().relayed(received, arrival.provider());
        Replies.leadBack(relayed, arrival.request());
        return relayed;
    }

    /** Hands on a 2xx to an INVITE that was answered before: by its Via alone, as no transaction is left. */
    void relayAnother(Response received) {
        try {
            Response relayed = onward(received);
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
            leg.send(onward(received));
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
