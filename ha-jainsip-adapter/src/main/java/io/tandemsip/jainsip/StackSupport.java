package io.tandemsip.jainsip;

import gov.nist.javax.sip.ClientTransactionExt;
import gov.nist.javax.sip.ListeningPointImpl;
import gov.nist.javax.sip.SipProviderImpl;
import gov.nist.javax.sip.TransactionExt;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.stack.ConnectionOrientedMessageProcessor;
import gov.nist.javax.sip.stack.DefaultRouter;
import gov.nist.javax.sip.stack.HandshakeCompletedListenerImpl;
import gov.nist.javax.sip.stack.SIPMessageValve;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import gov.nist.javax.sip.stack.TLSMessageChannel;
import io.tandemsip.jainsip.websocket.WebSocketProcessor;
import io.tandemsip.node.Transport;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.sip.ClientTransaction;
import javax.sip.SipProvider;
import javax.sip.SipStack;
import javax.sip.address.Router;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import org.jspecify.annotations.Nullable;

/** The one place that asks the reference implementation what the API does not tell. Immutable. */
final class StackSupport {
    private static final int T2_MILLIS = 4_000;
    private static final int T4_MILLIS = 5_000;
    private static final int TIMER_D_MILLIS = 32_000;

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

    /** Whether there are valves at all (since 1.2.344); to be asked before a class that is one is touched. */
    static boolean hasValves() {
        try {
            return SIPMessageValve.class.isInterface();
        } catch (LinkageError older) {
            return false;
        }
    }

    /** Has the stack say when nothing came back for a request by its n-th repetition; false if it can't. */
    static boolean alert(ClientTransaction transaction, int repetitions) {
        try {
            if (transaction instanceof ClientTransactionExt nist) {
                nist.alertIfStillInCallingStateBy(repetitions);
                return true;
            }
            return false;
        } catch (LinkageError older) {
            return false;
        }
    }

    /**
     * The same by its first repetition, which comes after a T1 of the transaction's own; false if the stack can't. T2, T4 and Timer D
     * stay as long as RFC 3261 has them.
     */
    static boolean alertAfter(ClientTransaction transaction, int millis) {
        if (!alert(transaction, 1)) {
            return false;
        }
        transaction.setRetransmitTimer(millis);
        try {
            if (transaction instanceof TransactionExt nist) { // it counts them by T1, and takes milliseconds
                nist.setTimerT2(T2_MILLIS);
                nist.setTimerT4(T4_MILLIS);
                nist.setTimerD(TIMER_D_MILLIS);
            }
        } catch (LinkageError older) {
            return true; // there they are shorter, by as much as T1 is
        }
        return true;
    }

    /** What sends a request by this branch; empty if there is none, or the stack does not tell. */
    static Optional<ClientTransaction> sending(SipStack stack, String branch) {
        try {
            return stack instanceof SIPTransactionStack nist
                            && nist.findTransaction(branch, false) instanceof ClientTransaction found
                    ? Optional.of(found)
                    : Optional.empty();
        } catch (LinkageError older) {
            return Optional.empty();
        }
    }

    /** Where a message's packet came from, which no header of it can say; empty if it came from no network. */
    static Optional<InetSocketAddress> source(Message message) {
        try {
            return message instanceof SIPMessage nist && nist.getPeerPacketSourceAddress() != null
                    ? Optional.of(
                            new InetSocketAddress(nist.getPeerPacketSourceAddress(), nist.getPeerPacketSourcePort()))
                    : Optional.empty();
        } catch (LinkageError older) {
            return Optional.empty();
        }
    }

    /** Has a Via say where its packet came from, and not what its sender wrote there: answers go there (RFC 3261 section 18.2.2). */
    static void receivedFromSource(Request request, ViaHeader via) {
        Optional<InetSocketAddress> source = source(request);
        via.removeParameter("received");
        if (source.isPresent()) {
            try {
                via.setReceived(source.get().getAddress().getHostAddress());
            } catch (ParseException impossible) {
                throw new IllegalStateException("an address is none: " + source.get(), impossible);
            }
        }
    }

    /**
     * Whom the certificate speaks for that the peer showed on the connection that a request came by, as {@link CertificateNames}
     * reads it; nobody if there is none, or it came by no TLS. Waits for the end of the handshake to be told, 5 s at most, on a
     * connection that began a moment ago.
     */
    static Set<String> certified(Request request) {
        try {
            if (!(request instanceof SIPRequest nist) || !(nist.getMessageChannel() instanceof TLSMessageChannel tls)) {
                return Set.of();
            }
            HandshakeCompletedListenerImpl handshake = tls.getHandshakeCompletedListener();
            HandshakeCompletedEvent done = handshake == null ? null : handshake.getHandshakeCompletedEvent();
            Certificate[] chain = done == null ? new Certificate[0] : done.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate own ? CertificateNames.of(own) : Set.of();
        } catch (SSLPeerUnverifiedException showedNone) {
            return Set.of();
        } catch (LinkageError older) {
            return Set.of();
        }
    }

    /**
     * Whether there is a connection with a peer; true also where the stack does not tell. It tells of WebSocket, and of TCP by what it
     * says when it is asked to go on looking after one.
     */
    static boolean mayBeConnected(SipProvider provider, Transport transport, String host, int port) {
        try {
            if (!(provider.getListeningPoint(transport.token()) instanceof ListeningPointImpl nist)) {
                return true;
            }
            if (nist.getMessageProcessor() instanceof WebSocketProcessor webSockets) {
                return webSockets.isConnected(host, port);
            }
            return transport != Transport.TCP
                    || !(nist.getMessageProcessor() instanceof ConnectionOrientedMessageProcessor connections)
                    || connections.setKeepAliveTimeout(host, port, 0);
        } catch (LinkageError older) {
            return true;
        }
    }

    /** How many bytes a message had that was received; empty if the stack does not tell. */
    static OptionalInt size(Message message) {
        if (!(message instanceof SIPMessage nist) || nist.getSize() <= 0) {
            return OptionalInt.empty();
        }
        byte[] body = nist.getRawContent();
        return OptionalInt.of(nist.getSize() + (body == null ? 0 : body.length));
    }

    /** The status that says what {@link CarefulParserFactory} found wrong with a request; empty if it found nothing. */
    static OptionalInt flaw(Request request) {
        return request instanceof SIPMessage nist && nist.getApplicationData() instanceof CarefulParserFactory.Flaw flaw
                ? OptionalInt.of(flaw.status())
                : OptionalInt.empty();
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
