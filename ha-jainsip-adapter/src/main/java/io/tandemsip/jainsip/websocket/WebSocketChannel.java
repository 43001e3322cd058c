package io.tandemsip.jainsip.websocket;

import gov.nist.javax.sip.stack.NioTcpMessageProcessor;
import gov.nist.javax.sip.stack.NioWebSocketMessageChannel;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** A client's connection to the stack, read by {@link WebSocketConnection}. Thread-safe. */
final class WebSocketChannel extends NioWebSocketMessageChannel implements WebSocketProcessor.Open {
    private final WebSocketConnection connection;

    WebSocketChannel(SIPTransactionStack stack, NioTcpMessageProcessor processor, SocketChannel socket, int mostBytes)
            throws IOException {
        super(stack, processor, socket);
        connection = WebSocketInbox.connection(
                stack, bytes -> sendNonWebSocketMessage(bytes, false), this::processMessage, mostBytes);
    }

    @Override
    protected void addBytes(byte[] bytes) throws IOException {
        connection.read(bytes);
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }
}
