package io.tandemsip.jainsip;

import gov.nist.javax.sip.SipProviderImpl;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.stack.DefaultRouter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.sip.SipProvider;
import javax.sip.SipStack;
import javax.sip.address.Router;
import javax.sip.message.Message;
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

    /** Where the packet of a message came from; empty if it did not come by a packet, or from another implementation. */
    static Optional<InetSocketAddress> packetSource(Message message) {
        if (!(message instanceof SIPMessage nist)) {
            return Optional.empty();
        }
        @Nullable InetAddress address = nist.getPeerPacketSourceAddress();
        return address == null
                ? Optional.empty()
                : Optional.of(new InetSocketAddress(address, nist.getPeerPacketSourcePort()));
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
