package io.tandemsip.jainsip;

import gov.nist.javax.sip.SipProviderImpl;
import javax.sip.SipProvider;

/** The one place that asks the reference implementation what the API does not tell. Immutable. */
final class StackSupport {
    private StackSupport() {}

    /** Refuses a stack that keeps dialogs by itself: it would answer in the proxy's stead, and keep each call for ever. */
    static void requireNoDialogs(SipProvider provider) {
        if (provider instanceof SipProviderImpl nist && nist.isAutomaticDialogSupportEnabled()) {
            throw new IllegalStateException("stack \"" + provider.getSipStack().getStackName()
                    + "\" has automatic dialog support on; expected the property"
                    + " javax.sip.AUTOMATIC_DIALOG_SUPPORT=off, as in HaProxyStack.properties(...)");
        }
    }
}
