package io.tandemsip.examples.haproxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A FreeSWITCH as it is seen from outside: an event socket that answers what it was told to answer, and OPTIONS at a SIP
 * port. Its first replies are what a real one said. Thread-safe.
 */
public final class ScriptedNode implements AutoCloseable {
    public static final String PASSWORD = "not-ClueCon";
    public static final String CORE_UUID = "ffdeeae6-3083-4a66-bde6-4264114ba20e";

    public final Map<String, String> replies = new ConcurrentHashMap<>();
    public final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
    public volatile String userAgent = "fs1";
    public volatile String statusLine = "SIP/2.0 200 OK";
    private final ServerSocket server;
    private final DatagramSocket udp;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    public ScriptedNode() {
        try {
            server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        replies.put("status", """
                UP 0 years, 0 days, 0 hours, 3 minutes, 19 seconds, 992 milliseconds, 676 microseconds
                FreeSWITCH (Version 1.10.12-release git a88d069 2024-08-02 21:02:27Z 64bit) is ready
                11 session(s) since startup
                0 session(s) - peak 3, last 5min 3\s
                0 session(s) per Sec out of max 200, peak 199, last 5min 199\s
                1000 session(s) max
                min idle cpu 0.00/94.27
                Current Stack Size/Max 240K/8192K
                """);
        replies.put("switchname", "fs1");
        replies.put("global_getvar core_uuid", CORE_UUID);
        replies.put("fsctl pause_check", "false");
        replies.put("fsctl pause_check inbound", "false");
        replies.put("fsctl shutdown_check", "false");
        replies.put("show calls count", "\n0 total.\n");
        daemon(this::accept);
        daemon(this::answerOptions);
    }

    public int port() {
        return server.getLocalPort();
    }

    public int sipPort() {
        return udp.getLocalPort();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "scripted-node");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            say(socket, "Content-Type: auth/request\n\n");
            if (!read(socket.getInputStream()).equals("auth " + PASSWORD)) {
                say(socket, "Content-Type: command/reply\nReply-Text: -ERR invalid\n\n");
                return;
            }
            say(socket, "Content-Type: command/reply\nReply-Text: +OK accepted\n\n");
            for (String command = read(socket.getInputStream());
                    !command.isEmpty();
                    command = read(socket.getInputStream())) {
                answer(socket, command);
                commands.add(command);
            }
        } catch (IOException gone) {
            return;
        }
    }

    private void answer(Socket socket, String command) throws IOException {
        if (command.startsWith("api ")) {
            String api = command.substring(4);
            obey(api);
            String text = replies.getOrDefault(api, "-ERR " + api.split(" ", 2)[0] + " Command not found!\n");
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            say(socket, "Content-Type: api/response\nContent-Length: " + length + "\n\n" + text);
        } else {
            say(socket, "Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n");
        }
    }

    private void obey(String api) {
        String[] words = api.split("[ =]", 3);
        switch (words[0] + " " + words[words.length > 1 ? 1 : 0]) {
            case "fsctl pause" -> paused(api, "true");
            case "fsctl resume" -> paused(api, "false");
            case "global_setvar tandem_pause" -> {
                replies.put("global_getvar tandem_pause", words[2]);
                replies.put(api, "+OK\n");
            }
            default -> {}
        }
    }

    private void paused(String api, String now) {
        replies.put("fsctl pause_check inbound", now);
        replies.put(api, "+OK\n");
    }

    /** Waits until it was told a command that begins so. */
    public void await(String beginning) throws InterruptedException {
        String next;
        do {
            next = commands.poll(20, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("never told " + beginning);
            }
        } while (!next.startsWith(beginning));
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            text.append((char) next);
            if (text.length() > 2 && text.substring(text.length() - 2).equals("\n\n")) {
                return text.substring(0, text.length() - 2);
            }
        }
        return "";
    }

    private void answerOptions() {
        byte[] buffer = new byte[4096];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                byte[] answer = answerTo(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8);
                udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private String answerTo(String request) {
        StringBuilder answer = new StringBuilder(statusLine).append("\r\n");
        for (String name : List.of("Via", "From", "To", "Call-ID", "CSeq")) {
            Matcher header = Pattern.compile("(?im)^" + name + ": .*$").matcher(request);
            if (header.find()) {
                answer.append(header.group().strip())
                        .append(name.equals("To") ? ";tag=5y0KNQQpjtg4B" : "")
                        .append("\r\n");
            }
        }
        return answer.append("User-Agent: ")
                .append(userAgent)
                .append("\r\nContent-Length: 0\r\n\r\n")
                .toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        udp.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
