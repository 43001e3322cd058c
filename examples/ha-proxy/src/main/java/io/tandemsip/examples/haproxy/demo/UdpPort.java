package io.tandemsip.examples.haproxy.demo;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.function.BiConsumer;

/** A UDP socket on loopback with a thread that reads it. Closing it makes the port silent at once. Thread-safe. */
final class UdpPort implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int MOST_BYTES = 65_535;
    private static final long MOST_JOIN_MILLIS = 2000;

    private final DatagramSocket socket;
    private final Thread reader;

    private UdpPort(String name, DatagramSocket socket, BiConsumer<SipMessage, SocketAddress> receiver) {
        this.socket = socket;
        this.reader = new Thread(() -> read(receiver), name);
        reader.setDaemon(true);
    }

    /** Opens a port and begins to read; port 0 takes any free one. */
    static UdpPort open(String name, int port, BiConsumer<SipMessage, SocketAddress> receiver) throws SocketException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setReceiveBufferSize(BUFFER_BYTES);
        UdpPort opened = new UdpPort(name, socket, receiver);
        opened.reader.start();
        return opened;
    }

    /** A port that nobody uses now. */
    static int free() throws SocketException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        }
    }

    private void read(BiConsumer<SipMessage, SocketAddress> receiver) {
        DatagramPacket packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        while (!socket.isClosed()) {
            try {
                packet.setLength(MOST_BYTES);
                socket.receive(packet);
                SocketAddress from = packet.getSocketAddress();
                SipMessage.parse(packet.getData(), packet.getLength())
                        .ifPresent(message -> receiver.accept(message, from));
            } catch (IOException closedOrRefused) {
                // the loop's condition tells which
            }
        }
    }

    /** Sends, unless it is closed: then nothing leaves, as from a process that is dead. */
    void send(SipMessage message, SocketAddress to) {
        byte[] bytes = message.bytes();
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException lost) {
            // a datagram may be lost; whoever waits for an answer repeats it
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The port is free again when this returns; so nobody may hold a lock here that the receiver takes. */
    @Override
    public void close() {
        socket.close();
        try {
            reader.join(MOST_JOIN_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
