package io.tandemsip.jainsip;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Somebody with a UDP socket who says what he likes. Confined to one thread. */
final class UdpPeer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final DatagramSocket socket;

    UdpPeer() throws IOException {
        this("127.0.0.1");
    }

    UdpPeer(String address) throws IOException {
        this(address, 0);
    }

    UdpPeer(String address, int port) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(address, port));
    }

    int port() {
        return socket.getLocalPort();
    }

    String address() {
        String host = socket.getLocalAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port();
    }

    void send(String message, int port) throws IOException {
        send(message.getBytes(StandardCharsets.UTF_8), port);
    }

    void send(byte[] bytes, int port) throws IOException {
        String target = socket.getLocalAddress() instanceof Inet6Address ? "::1" : "127.0.0.1";
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(target), port));
    }

    /** The next message; waits for it. */
    String next() throws IOException {
        return poll(PATIENCE_MILLIS).orElseThrow(() -> new AssertionError("nothing came to " + address()));
    }

    /** The next final response. */
    String nextFinal() throws IOException {
        while (true) {
            String message = next();
            if (message.startsWith("SIP/2.0 ") && !message.startsWith("SIP/2.0 1")) {
                return message;
            }
        }
    }

    /** The next request; what else comes is passed over. */
    String nextRequest(String method) throws IOException {
        while (true) {
            String message = next();
            if (message.startsWith(method + ' ')) {
                return message;
            }
        }
    }

    Optional<String> poll(int patienceMillis) throws IOException {
        socket.setSoTimeout(patienceMillis);
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            socket.receive(packet);
            return Optional.of(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
        } catch (SocketTimeoutException silence) {
            return Optional.empty();
        }
    }

    /** Throws away what has come. */
    void drain() throws IOException {
        while (poll(1).isPresent()) {
            // not wanted
        }
    }

    /** A header line's value. */
    static String header(String message, String name) {
        return message.lines()
                .filter(line -> line.regionMatches(true, 0, name + ':', 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        socket.close();
    }
}
