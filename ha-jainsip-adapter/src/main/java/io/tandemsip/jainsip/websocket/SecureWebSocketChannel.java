package io.tandemsip.jainsip.websocket;

import gov.nist.javax.sip.stack.NioTcpMessageProcessor;
import gov.nist.javax.sip.stack.NioTlsWebSocketMessageChannel;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** A client's connection by TLS to the stack, read by {@link WebSocketConnection}. Thread-safe. */
final class SecureWebSocketChannel extends NioTlsWebSocketMessageChannel implements WebSocketProcessor.Open {
    private final WebSocketConnection connection;

    SecureWebSocketChannel(
            SIPTransactionStack stack, NioTcpMessageProcessor processor, SocketChannel socket, int mostBytes)
            throws IOException {
        super(stack, processor, socket);
        connection = WebSocketInbox.connection(
                stack, bytes -> sendNonWebSocketMessage(bytes, false), this::processMessage, mostBytes);
    }

    @Override
    public void addPlaintextBytes(byte[] bytes) throws IOException {
        connection.read(bytes);
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }
}
