package io.tandemsip.jainsip;

import gov.nist.javax.sip.SipProviderImpl;
import gov.nist.javax.sip.stack.DefaultRouter;
import javax.sip.SipProvider;
import javax.sip.SipStack;
import javax.sip.address.Router;
import org.jspecify.annotations.Nullable;

/** The one place that asks the reference implementation what the API does not tell. Immutable. */
final class StackSupport {
    private StackSupport() {}

    /**
     * The router that the stack would have without one of ours.
     *
     * @throws IllegalStateException if it is another implementation's stack
     */
    static Router defaultRouter(SipStack stack, @Nullable String outboundProxy) {
        try {
            return new DefaultRouter(stack, outboundProxy);
        } catch (LinkageError | ClassCastException foreign) {
            throw new IllegalStateException("the stack is not of JAIN-SIP's reference implementation", foreign);
        }
    }

    /** Refuses a stack that keeps dialogs by itself: it would answer in the proxy's stead, and keep each call for ever. */
    static void requireNoDialogs(SipProvider provider) {
        if (provider instanceof SipProviderImpl nist && nist.isAutomaticDialogSupportEnabled()) {
            throw new IllegalStateException("stack \"" + provider.getSipStack().getStackName()
                    + "\" has automatic dialog support on; expected the property"
                    + " javax.sip.AUTOMATIC_DIALOG_SUPPORT=off, as in HaProxyStack.properties(...)");
        }
    }
}
