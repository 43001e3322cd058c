package io.tandemsip.jainsip.websocket;

import gov.nist.core.Host;
import gov.nist.core.HostPort;
import gov.nist.javax.sip.SipStackImpl;
import gov.nist.javax.sip.stack.MessageChannel;
import gov.nist.javax.sip.stack.NioTcpMessageChannel;
import gov.nist.javax.sip.stack.NioTcpMessageProcessor;
import gov.nist.javax.sip.stack.NioTlsWebSocketMessageProcessor;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import io.tandemsip.node.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * WebSocket of the reference implementation, with and without TLS, but that {@link WebSocketConnection} reads what clients send: the
 * stack's own reads no ping, no message in several frames, no handshake in two pieces, and a Content-Length of two thousand million
 * ends its only thread. Opens no connection: only clients do (RFC 7118 section 4.2). Thread-safe.
 */
public final class WebSocketProcessor extends NioTlsWebSocketMessageProcessor {
    private final boolean secure;

    /** A connection that has begun, or is about to end. */
    interface Open {
        /** Whether messages can be sent by it. */
        boolean isOpen();
    }

    /**
     * Not begun.
     *
     * @param address where it listens
     * @param stack whose it is
     * @param port where it listens
     * @param by WS or WSS
     */
    public WebSocketProcessor(InetAddress address, SIPTransactionStack stack, int port, Transport by) {
        super(address, stack, port);
        this.secure = by == Transport.WSS;
        transport = by.name();
    }

    @Override
    public NioTcpMessageChannel createMessageChannel(NioTcpMessageProcessor processor, SocketChannel socket)
            throws IOException {
        int set = sipStack.getMaxMessageSize();
        int mostBytes = set > 0 ? set : SipStackImpl.MAX_DATAGRAM_SIZE;
        NioTcpMessageChannel made = secure
                ? new SecureWebSocketChannel(sipStack, processor, socket, mostBytes)
                : new WebSocketChannel(sipStack, processor, socket, mostBytes);
        nioHandler.putMessageChannel(socket, made);
        return made;
    }

    @Override
    public MessageChannel createMessageChannel(HostPort to) throws IOException {
        return existing(MessageChannel.getKey(to, transport));
    }

    @Override
    public MessageChannel createMessageChannel(InetAddress host, int port) throws IOException {
        return existing(MessageChannel.getKey(host, port, transport));
    }

    private MessageChannel existing(String key) throws IOException {
        MessageChannel found = messageChannels.get(key);
        if (found == null) {
            throw new ConnectException("no connection: " + key);
        }
        return found;
    }

    /**
     * Whether a client has a connection from there.
     *
     * @param host its address
     * @param port its port
     * @return false also while its handshake is not done
     */
    public boolean isConnected(String host, int port) {
        HostPort peer = new HostPort();
        peer.setHost(new Host(host));
        peer.setPort(port);
        return messageChannels.get(MessageChannel.getKey(peer, transport)) instanceof Open channel && channel.isOpen();
    }

    @Override
    public SocketChannel connect(InetSocketAddress address, InetAddress from, int timeoutMillis) throws IOException {
        throw new ConnectException("only clients open WebSocket connections, and not " + address);
    }
}
