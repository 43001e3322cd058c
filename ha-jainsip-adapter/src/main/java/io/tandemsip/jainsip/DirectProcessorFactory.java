package io.tandemsip.jainsip;

import gov.nist.javax.sip.SipStackImpl;
import gov.nist.javax.sip.stack.MessageProcessor;
import gov.nist.javax.sip.stack.MessageProcessorFactory;
import gov.nist.javax.sip.stack.OIOMessageProcessorFactory;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import io.tandemsip.jainsip.websocket.WebSocketProcessor;
import io.tandemsip.node.Transport;
import java.io.IOException;
import java.net.InetAddress;
import javax.sip.ListeningPoint;

/**
 * The stack's transports, but for UDP, where a datagram is dealt with by the thread that has read it: the stack's own hands
 * each one from one thread to another, which costs a proxy about as much as to read what is in it. With one UDP thread, or
 * one for each datagram, UDP is the stack's own too: who sets that wants what comes with it. WebSocket is {@link WebSocketProcessor}, of
 * which the stack's own factory for these has none. Made by the stack, from its class
 * name. Thread-safe.
 */
public final class DirectProcessorFactory implements MessageProcessorFactory {
    private final MessageProcessorFactory others = new OIOMessageProcessorFactory();

    /** Made by the stack. */
    public DirectProcessorFactory() {}

    @Override
    public MessageProcessor createMessageProcessor(
            SIPTransactionStack stack, InetAddress address, int port, String transport) throws IOException {
        if (ListeningPoint.UDP.equalsIgnoreCase(transport) && stack instanceof SipStackImpl nist) {
            int threads = Integer.parseInt(
                    nist.getConfigurationProperties().getProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", "-1"));
            if (threads > 1) {
                return new DirectUdpProcessor(address, stack, port, threads, nist.getStackName());
            }
        }
        if (Transport.WS.name().equalsIgnoreCase(transport)
                || Transport.WSS.name().equalsIgnoreCase(transport)) {
            return new WebSocketProcessor(address, stack, port, Transport.of(transport));
        }
        return others.createMessageProcessor(stack, address, port, transport);
    }
}
