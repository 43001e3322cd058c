package io.tandemsip.examples.benchmarks.proxy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The node of a storm: rings and answers at once, repeats its answer until the ACK comes (RFC 3261 section 13.3.1.4), and takes requests in any order, which
 * a scenario of SIPp's does not. On a thread of its own.
 */
final class StormNode implements AutoCloseable {
    private static final int SOCKET_BYTES = 4 * 1024 * 1024;
    private static final int LOOK_MILLIS = 50;
    private static final long T1_NANOS = 500_000_000;
    private static final long T2_NANOS = 4_000_000_000L;
    private static final long LIFE_NANOS = 64 * T1_NANOS;

    private final DatagramSocket socket;
    private final Map<String, Answer> unacknowledged = new HashMap<>();
    private long lookedNanos = System.nanoTime();

    /** Begins to serve. */
    StormNode() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setReceiveBufferSize(SOCKET_BYTES);
        socket.setSoTimeout(LOOK_MILLIS);
        Thread thread = new Thread(this::serve, "storm-node");
        thread.setDaemon(true);
        thread.start();
    }

    /** The 200 of an INVITE that waits for its ACK. */
    private static final class Answer {
        private final String text;
        private final SocketAddress to;
        private final long sentNanos;
        private long waitNanos = T1_NANOS;
        private long dueNanos;

        Answer(String text, SocketAddress to, long nowNanos) {
            this.text = text;
            this.to = to;
            sentNanos = nowNanos;
            dueNanos = nowNanos + waitNanos;
        }

        private void again(long nowNanos) {
            waitNanos = Math.min(2 * waitNanos, T2_NANOS);
            dueNanos = nowNanos + waitNanos;
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        byte[] buffer = new byte[65_536];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                String message = new String(buffer, 0, packet.getLength(), StandardCharsets.ISO_8859_1);
                if (!message.startsWith("SIP/2.0 ")) {
                    onRequest(message, packet.getSocketAddress());
                }
                repeat();
            } catch (SocketTimeoutException nothing) {
                repeatOrEnd();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void repeatOrEnd() {
        try {
            repeat();
        } catch (IOException closed) {
            socket.close();
        }
    }

    private void onRequest(String request, SocketAddress from) throws IOException {
        String method = request.substring(0, request.indexOf(' '));
        String transaction = StormCall.header(request, "Call-ID:")
                + ' '
                + StormCall.header(request, "CSeq:").split(" ", 2)[0];
        if (method.equals("ACK")) {
            unacknowledged.remove(transaction);
        } else if (!method.equals("INVITE")) {
            send(response(request, "200 OK"), from);
        } else {
            if (!StormCall.header(request, "To:").contains("tag=")) {
                send(response(request, "180 Ringing"), from);
            }
            String answer = response(request, "200 OK");
            unacknowledged.putIfAbsent(transaction, new Answer(answer, from, System.nanoTime()));
            send(answer, from);
        }
    }

    private String response(String request, String status) {
        List<String> lines = new ArrayList<>(List.of("SIP/2.0 " + status));
        for (String line : request.substring(0, request.indexOf("\r\n\r\n")).split("\r\n", -1)) {
            switch (line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT)) {
                case "via", "from", "call-id", "cseq", "record-route" -> lines.add(line);
                case "to" -> lines.add(line.contains("tag=") ? line : line + ";tag=node");
                default -> {}
            }
        }
        lines.add("Contact: <sip:node@127.0.0.1:" + port() + ">");
        lines.add("Content-Length: 0\r\n\r\n");
        return String.join("\r\n", lines);
    }

    private void send(String message, SocketAddress to) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    private void repeat() throws IOException {
        long now = System.nanoTime();
        if (now - lookedNanos < LOOK_MILLIS * 1_000_000L) {
            return;
        }
        lookedNanos = now;
        unacknowledged.values().removeIf(answer -> now - answer.sentNanos > LIFE_NANOS);
        for (Answer answer : unacknowledged.values()) {
            if (now >= answer.dueNanos) {
                answer.again(now);
                send(answer.text, answer.to);
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
