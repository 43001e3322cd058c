package io.tandemsip.examples.tworouters;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A user agent's socket: answers requests, and knows the final answers to its own. Thread-safe. */
final class UdpAgent implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final DatagramSocket socket;
    private final Function<Wire, String> answers;
    private final Map<String, CompletableFuture<Wire>> asked = new ConcurrentHashMap<>();

    /**
     * Begins to answer.
     *
     * @param at its address
     * @param answers what it says to a request; nothing for an empty text
     */
    UdpAgent(InetSocketAddress at, Function<Wire, String> answers) throws SocketException {
        socket = new DatagramSocket(at);
        socket.setReceiveBufferSize(BUFFER_BYTES);
        this.answers = answers;
        Thread thread = new Thread(this::serve, "agent " + at);
        thread.setDaemon(true);
        thread.start();
    }

    String hostAndPort() {
        return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
    }

    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[Wire.MOST_BYTES], Wire.MOST_BYTES);
        while (!socket.isClosed()) {
            try {
                packet.setLength(Wire.MOST_BYTES);
                socket.receive(packet);
                take(
                        new Wire(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8)),
                        packet.getSocketAddress());
            } catch (IOException closedOrRefused) {
                // the loop's condition tells which
            }
        }
    }

    private void take(Wire message, SocketAddress from) {
        if (!message.isResponse()) {
            String answer = answers.apply(message);
            if (!answer.isEmpty()) {
                send(answer, from);
            }
        } else if (message.status() >= 200) {
            CompletableFuture<Wire> waits = asked.get(message.key());
            if (waits != null) {
                waits.complete(message);
            }
        }
    }

    /** Its final answer. */
    CompletableFuture<Wire> ask(String request, SocketAddress to) {
        CompletableFuture<Wire> answer = new CompletableFuture<>();
        asked.put(new Wire(request).key(), answer);
        send(request, to);
        return answer;
    }

    void send(String message, SocketAddress to) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException lost) {
            // as a datagram may be
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
