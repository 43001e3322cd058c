package io.tandemsip.jainsip;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** A node that answers each datagram with what a script says. Thread-safe. */
final class UdpNode implements AutoCloseable {
    final Queue<String> received = new ConcurrentLinkedQueue<>();
    private final DatagramSocket socket;

    UdpNode(Function<String, List<String>> script) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(() -> serve(script), "udp-node");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** A response to a request, with more header lines. */
    static String response(String request, int status, String... headerLines) {
        StringBuilder text = new StringBuilder("SIP/2.0 " + status + " Whatever\r\n");
        request.lines()
                .filter(line -> line.matches("(?i)(via|from|to|call-id|cseq):.*"))
                .forEach(line -> text.append(line)
                        .append(line.startsWith("To:") ? ";tag=node" : "")
                        .append("\r\n"));
        for (String line : headerLines) {
            text.append(line).append("\r\n");
        }
        return text + "Content-Length: 0\r\n\r\n";
    }

    /** A response with the header lines that a response repeats, however they are written and folded. */
    static String answerAsReceived(String request, int status) {
        StringBuilder text = new StringBuilder("SIP/2.0 " + status + " Whatever\r\n");
        String head = request.split("\r\n\r\n", 2)[0].replaceAll("\r\n[ \t]+", " ");
        for (String line : head.split("\r\n", -1)) {
            if (line.matches("(?i)(via|v|from|f|call-id|i|cseq)\\s*:.*")) {
                text.append(line).append("\r\n");
            } else if (line.matches("(?i)(to|t)\\s*:.*")) {
                text.append(line)
                        .append(line.matches(".*;\\s*tag\\s*=.*") ? "" : ";tag=node")
                        .append("\r\n");
            }
        }
        return text + "Content-Length: 0\r\n\r\n";
    }

    private void serve(Function<String, List<String>> script) {
        byte[] buffer = new byte[65_535];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                String request = new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8);
                received.add(request);
                for (String answer : script.apply(request)) {
                    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                    socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
