package io.tandemsip.health;

import io.tandemsip.node.Node;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** A small SIP node on a loopback UDP port that answers OPTIONS as it is told to. Thread-safe. */
public final class ScriptedSipNode implements AutoCloseable {
    private final DatagramSocket socket;
    private final Behaviour behaviour;
    private final int port;

    /**
     * A node that listens already.
     *
     * @param behaviour what it does
     * @throws IOException if no port is free
     */
    public ScriptedSipNode(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        port = socket.getLocalPort();
        if (behaviour == Behaviour.CLOSED_PORT) {
            socket.close();
            return;
        }
        Thread thread = new Thread(this::serve, "scripted-node");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The node as it would be configured.
     *
     * @return named after its behaviour
     */
    public Node node() {
        return Node.of(behaviour.name().toLowerCase(Locale.ROOT), "sip:127.0.0.1:" + port);
    }

    private void serve() {
        byte[] buffer = new byte[65_535];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                String request = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
                for (String answer : answers(request)) {
                    send(answer, packet.getSocketAddress());
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private List<String> answers(String request) {
        return switch (behaviour) {
            case ANSWER_200 -> List.of(response(request, "200 OK", "User-Agent: Scripted/1\r\n"));
            case ANSWER_503 -> List.of(response(request, "503 Service Unavailable", "Retry-After: 7\r\n"));
            case ANSWER_500 -> List.of(response(request, "500 Server Internal Error", ""));
            case ANSWER_404 -> List.of(response(request, "404 Not Found", ""));
            case OTHER_BRANCH -> List.of(response(request, "200 OK", "").replace("branch=z9hG4bK", "branch=z9hG4bKx"));
            case GARBAGE -> List.of("\0\1\2 not SIP at all", "SIP/2.0 abc\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", "");
            case SILENT, CLOSED_PORT -> List.of();
        };
    }

    private static String response(String request, String status, String more) {
        StringBuilder response = new StringBuilder("SIP/2.0 ").append(status).append("\r\n");
        for (String line : request.split("\r\n")) {
            if (line.matches("(?i)(via|from|call-id|cseq):.*")) {
                response.append(line).append("\r\n");
            } else if (line.matches("(?i)to:.*")) {
                response.append(line).append(";tag=scripted\r\n");
            }
        }
        return response.append(more).append("Content-Length: 0\r\n\r\n").toString();
    }

    private void send(String text, SocketAddress to) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    @Override
    public void close() {
        socket.close();
    }

    /** What the node does with OPTIONS. */
    public enum Behaviour {
        /** It is well. */
        ANSWER_200,
        /** It has too much to do, Retry-After 7. */
        ANSWER_503,
        /** It can't serve. */
        ANSWER_500,
        /** It does not know the user, so it is there. */
        ANSWER_404,
        /** It says nothing. */
        SILENT,
        /** It answers somebody else's request. */
        OTHER_BRANCH,
        /** Nobody listens there. */
        CLOSED_PORT,
        /** It sends what is no answer. */
        GARBAGE
    }
}
