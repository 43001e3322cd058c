package io.tandemsip.jainsip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Free ports on loopback, and the moment from which one is served. */
final class SippPorts {
    private static final int TRIES = 200;

    private SippPorts() {}

    /** A UDP port that nobody has. */
    static int free() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (SocketException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Waits until a datagram to the port is no longer refused: connected sockets hear of the refusal. */
    static void awaitBound(int port) {
        byte[] keepAlive = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < TRIES; i++) {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(InetAddress.getLoopbackAddress(), port);
                socket.setSoTimeout(50);
                socket.send(new DatagramPacket(keepAlive, keepAlive.length));
                socket.receive(new DatagramPacket(new byte[64], 64));
                return;
            } catch (java.net.SocketTimeoutException silent) {
                return;
            } catch (java.net.PortUnreachableException notYet) {
                Thread.onSpinWait();
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
        throw new IllegalStateException("nobody serves port " + port);
    }
}
