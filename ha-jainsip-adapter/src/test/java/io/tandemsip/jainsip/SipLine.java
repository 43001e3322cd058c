package io.tandemsip.jainsip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A UDP socket that keeps what comes, agrees at once to everything but INVITE and ACK, and else says what it is told to.
 * Thread-safe.
 */
final class SipLine implements AutoCloseable {
    private static final Pattern BRANCH = Pattern.compile(";branch=([^;,]*)");

    private final DatagramSocket socket;
    private final List<String> received = new CopyOnWriteArrayList<>();

    SipLine() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(this::receive, "sip-line");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    /** The tag of every dialog that this one makes. */
    String tag() {
        return "t" + port();
    }

    private void receive() {
        byte[] buffer = new byte[65_535];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                String message = new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8);
                received.add(message);
                if (!message.startsWith("SIP/2.0 ") && !message.matches("(?s)(INVITE|ACK) .*")) {
                    answer(message, 200);
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    /** Answers where the request's top Via says. */
    void answer(String request, int status) throws IOException {
        String response = UdpNode.answerAsReceived(request, status)
                .replace(";tag=node", ";tag=" + tag())
                .replace("Content-Length", recorded(request) + "Contact: <sip:" + address() + ">\r\nContent-Length");
        send(response, Integer.parseInt(headers(request, "Via").get(0).replaceAll("(?s)^[^;]*:([0-9]+).*", "$1")));
    }

    private static String recorded(String request) {
        StringBuilder lines = new StringBuilder();
        headers(request, "Record-Route")
                .forEach(value -> lines.append("Record-Route: ").append(value).append("\r\n"));
        return lines.toString();
    }

    void send(String message, int port) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
    }

    void sendQuietly(String message, int port) {
        try {
            send(message, port);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    List<String> requests(String method) {
        return received.stream().filter(each -> each.startsWith(method + ' ')).toList();
    }

    List<String> answers() {
        return received.stream().filter(each -> each.startsWith("SIP/2.0 ")).toList();
    }

    static int status(String answer) {
        return Integer.parseInt(answer.substring(8, 11));
    }

    static String toTag(String message) {
        return UdpPeer.header(message, "To").replaceAll("^.*;tag=([^;]*).*$", "$1");
    }

    /** Of the topmost Via: those below it may stand in the same line. */
    static String branch(String message) {
        Matcher first = BRANCH.matcher(headers(message, "Via").get(0));
        if (!first.find()) {
            throw new AssertionError("no branch: " + message);
        }
        return first.group(1);
    }

    static List<String> headers(String message, String name) {
        return message.lines()
                .filter(line -> line.regionMatches(true, 0, name + ':', 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).trim())
                .toList();
    }

    @Override
    public void close() {
        socket.close();
    }
}
