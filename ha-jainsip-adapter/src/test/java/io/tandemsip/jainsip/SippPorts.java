package io.tandemsip.jainsip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Free ports on loopback, and the moment from which one is served. */
final class SippPorts {
    private static final int TRIES = 200;
    private static final int FIRST = 20_000;
    private static final int COUNT = 10_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % COUNT));

    private SippPorts() {}

    /** A UDP port that nobody has, below those that the system hands out by itself. */
    static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            try (DatagramSocket socket =
                    new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                return socket.getLocalPort();
            } catch (SocketException taken) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " on");
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

    /** Waits until connections to the port are accepted. */
    static void awaitAccepting(int port) {
        for (int i = 0; i < TRIES; i++) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException notYet) {
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        }
        throw new IllegalStateException("nobody accepts at port " + port);
    }
}
