package io.tandemsip.jainsip;

import gov.nist.javax.sip.SipProviderImpl;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.stack.MessageChannel;
import gov.nist.javax.sip.stack.SIPMessageValve;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sip.SipProvider;
import javax.sip.SipStack;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Stands before the reference implementation's look-ups, and shows what its host would not see, or would see late: requests
 * of dialogs that a stack with automatic dialogs does not know and answers with 481 by itself, and responses that belong to
 * no transaction, for which it searches through all of them. Thread-safe.
 */
final class StackValve implements SIPMessageValve {
    private final SIPTransactionStack stack;
    private final Passing passing;
    private final Mishaps mishaps;

    private StackValve(SIPTransactionStack stack, Passing passing, Mishaps mishaps) {
        this.stack = stack;
        this.passing = passing;
        this.mishaps = mishaps;
    }

    /** Is shown what passes, on the transport's threads. */
    interface Passing {
        /** True if the request is dealt with; false leaves it to the stack. */
        boolean onRequest(Request request, SipProvider provider);

        /** True if the response is dealt with. */
        boolean onResponse(Response response, SipProvider provider);
    }

    /** False if it is another implementation's stack, or an older one without a list of valves. */
    static boolean attach(SipStack to, Passing passing, Mishaps mishaps) {
        try {
            if (!(to instanceof SIPTransactionStack nist) || nist.sipMessageValves == null) {
                return false;
            }
            synchronized (nist) {
                List<SIPMessageValve> valves = new CopyOnWriteArrayList<>(nist.sipMessageValves);
                valves.add(new StackValve(nist, passing, mishaps));
                nist.sipMessageValves = valves;
            }
            return true;
        } catch (LinkageError older) {
            return false;
        }
    }

    /** True leaves the request to the stack. */
    @Override
    public boolean processRequest(SIPRequest request, MessageChannel channel) {
        try {
            SipProvider provider = provider(channel);
            boolean isStrange = !SipText.toTag(request).isEmpty()
                    && provider instanceof SipProviderImpl nist
                    && nist.isAutomaticDialogSupportEnabled()
                    && stack.getDialog(request.getDialogId(true)) == null
                    && stack.findTransaction(request, true) == null;
            return !isStrange || !passing.onRequest(request, provider);
        } catch (Throwable broken) { // an Error would end the stack's thread
            mishaps.report("a request at the valve could not be dealt with", broken);
            return true;
        }
    }

    /** True leaves the response to the stack. */
    @Override
    public boolean processResponse(Response response, MessageChannel channel) {
        try {
            return stack.findTransaction((SIPMessage) response, false) != null
                    || !passing.onResponse(response, provider(channel));
        } catch (Throwable broken) { // an Error would end the stack's thread
            mishaps.report("a response at the valve could not be dealt with", broken);
            return true;
        }
    }

    private static SipProvider provider(MessageChannel channel) {
        return channel.getMessageProcessor().getListeningPoint().getProvider();
    }

    @Override
    public void init(SipStack ofStack) {
        // attached by hand
    }

    @Override
    public void destroy() {
        // holds nothing
    }
}
