package io.tandemsip.jainsip;

import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import gov.nist.javax.sip.stack.UDPMessageChannel;
import gov.nist.javax.sip.stack.UDPMessageProcessor;
import java.io.IOException;
import java.net.InetAddress;
import javax.sip.ListeningPoint;

/**
 * Sends datagrams from a listening point, to whoever it is: the stack makes a channel, with a parser, for each message that it
 * sends. Thread-safe.
 */
class StackChannel extends UDPMessageChannel {
    private static final int MAX_PORT = 65_535;

    /** For whatever is sent. */
    StackChannel(SIPTransactionStack stack, UDPMessageProcessor processor) {
        this(processor.getIpAddress(), processor.getPort(), stack, processor);
    }

    /** For what the stack sends to an address. */
    StackChannel(InetAddress to, int port, SIPTransactionStack stack, UDPMessageProcessor processor) {
        super(to, port, stack, processor);
    }

    /** With a thread that receives. */
    StackChannel(SIPTransactionStack stack, UDPMessageProcessor processor, String threadName) {
        super(stack, processor, threadName);
    }

    /** One datagram; the stack's message log has it. */
    final void send(SIPMessage message, InetAddress to, int port) throws IOException {
        checkPort(port); // the stack's own UDP does not tell a port that can't be from a mistake of ours
        sendMessage(message.encodeAsBytes(ListeningPoint.UDP), to, port, ListeningPoint.UDP, false);
        logMessage(message, to, port, System.currentTimeMillis());
    }

    /** What a message says its sender's port is may be any number; a socket throws what is no IOException. */
    static void checkPort(int port) throws IOException {
        if (port <= 0 || port > MAX_PORT) {
            throw new IOException("a port of 1 to " + MAX_PORT + " was expected, but it is " + port);
        }
    }
}
