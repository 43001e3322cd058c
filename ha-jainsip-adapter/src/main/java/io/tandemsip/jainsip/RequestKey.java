package io.tandemsip.jainsip;

import java.util.Iterator;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Names a request that passes through a host: the same for the request as it came, for the copy that the host sent, and
 * for each response. INVITE, its CANCEL and the ACK to its refusal have one name. Immutable.
 *
 * @param transaction its Call-ID, From tag and CSeq
 * @param upstream the branch and sent-by of the Via below the host's own; empty if there is none
 * @param branch the branch of the host's own Via; empty if there is none, or none yet
 */
record RequestKey(Transaction transaction, String upstream, String branch) {
    /** Of a request as it came in. */
    static RequestKey received(Message request) {
        return of(request, "", via(vias(request)));
    }

    /** Of a response, or of a request that the host sent: the top Via is the host's own. */
    static RequestKey sent(Message message) {
        Iterator<?> vias = vias(message);
        ViaHeader own = via(vias);
        return of(message, own == null ? "" : SipText.branch(own), via(vias));
    }

    /** Of a request that the host is about to send, with its own Via or without yet. */
    static RequestKey leaving(Message request, OwnAddresses own) {
        ViaHeader top = via(vias(request));
        return top != null && own.isOwn(top.getHost(), top.getPort()) ? sent(request) : received(request);
    }

    private static Iterator<?> vias(Message message) {
        return message.getHeaders(ViaHeader.NAME);
    }

    private static @Nullable ViaHeader via(Iterator<?> vias) {
        return vias.hasNext() ? (ViaHeader) vias.next() : null;
    }

    private static RequestKey of(Message message, String branch, @Nullable ViaHeader upstream) {
        return new RequestKey(
                new Transaction(SipText.callId(message), SipText.fromTag(message), SipText.cseqNumber(message)),
                upstream == null
                        ? ""
                        : SipText.branch(upstream) + ' ' + ListeningSides.key(upstream.getHost(), upstream.getPort()),
                branch);
    }

    String callId() {
        return transaction.callId();
    }

    String fromTag() {
        return transaction.fromTag();
    }

    /**
     * What a host keeps that hides the caller's Via: the same for all copies of a request that reached the host by different ways.
     * Immutable.
     *
     * @param callId the Call-ID
     * @param fromTag the From tag
     * @param cseq the number of CSeq
     */
    record Transaction(String callId, String fromTag, long cseq) {}
}
