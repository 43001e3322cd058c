package io.tandemsip.examples.tworouters;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Free ports. Routers that stand behind one address have the same port, each on a loopback address of its own. */
final class Loopback {
    private static final int TRIES = 100;

    private Loopback() {}

    /** The address of a router: 127.0.0.2, 127.0.0.3 and so on. macOS wants them made known by ifconfig lo0 alias. */
    static String router(int number) {
        return "127.0.0." + (number + 2);
    }

    /** A UDP port that is free on the switch's address and on those of so many routers. */
    static int udpPort(int routers) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = freeUdp(InetAddress.getLoopbackAddress(), 0);
            boolean free = port > 0;
            for (int number = 0; number < routers; number++) {
                free &= freeUdp(InetAddress.getByName(router(number)), port) == port;
            }
            if (free) {
                return port;
            }
        }
        throw new IOException("no UDP port that is free on 127.0.0.1 to " + router(routers - 1));
    }

    private static int freeUdp(InetAddress address, int port) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, port))) {
            return socket.getLocalPort();
        } catch (IOException taken) {
            return -1;
        }
    }

    static int tcpPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
