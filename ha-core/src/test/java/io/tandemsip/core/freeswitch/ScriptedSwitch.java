package io.tandemsip.core.freeswitch;

import io.tandemsip.node.Node;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A FreeSWITCH 1.10 as it is seen from outside: its event socket, and OPTIONS at its SIP port. What it says is said in the
 * bytes that a real one said; what it is in can be set. Thread-safe.
 */
final class ScriptedSwitch implements AutoCloseable {
    static final String PASSWORD = "ClueCon";
    static final String LIFE = "ffdeeae6-3083-4a66-bde6-4264114ba20e";
    static final String NEXT_LIFE = "0b1f7a52-11aa-4f4c-9d59-3a2b7f1f0c11";

    private static final String GOODBYE = "Content-Type: text/disconnect-notice\nContent-Length: 67\n\n"
            + "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";

    final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
    /** What it says to commands of the event socket that it has no words of its own for, or other ones. */
    final Map<String, String> replies = new ConcurrentHashMap<>();

    final Map<String, String> variables = new ConcurrentHashMap<>();
    volatile Greeting greeting = Greeting.NORMAL;
    volatile int chunk = Integer.MAX_VALUE;
    volatile String lineEnd = "\n";
    volatile String password = PASSWORD;
    volatile String switchname = "fs1";
    volatile String coreUuid = LIFE;
    volatile String userAgent = "";
    volatile int sessions;
    volatile int maxSessions = 1000;
    volatile int sessionsNow;
    volatile int maxPerSecond = 200;
    volatile boolean paused;
    volatile boolean pausedInbound;
    volatile boolean pausedOutbound;
    volatile boolean elegant;
    volatile boolean asap;
    volatile boolean databaseDown;
    volatile boolean lacksIdleCpu;
    volatile boolean mute;
    /** Whether a job in the background comes to its end. */
    volatile boolean jobs = true;

    volatile Sip sip = Sip.UP;
    private final Semaphore options = new Semaphore(0);

    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private final DatagramSocket udp;
    private final int port;
    private final int sipPort;
    private final Thread accepting;
    private final Thread answering;

    ScriptedSwitch() {
        try {
            server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        port = server.getLocalPort();
        sipPort = udp.getLocalPort();
        accepting = daemon(this::accept);
        answering = daemon(() -> answerOptions(udp));
    }

    int port() {
        return port;
    }

    int sipPort() {
        return sipPort;
    }

    EventSocketAddress address() {
        return EventSocketAddress.of("127.0.0.1", port(), PASSWORD);
    }

    /** As a router's configuration has it. */
    Node node(String id) {
        return Node.of(id, "sip:127.0.0.1:" + sipPort()).toBuilder()
                .attribute(FreeSwitchProbe.EVENT_SOCKET, "127.0.0.1:" + port())
                .build();
    }

    /** SIGSTOP: the kernel still takes connections and packets, and nobody reads them. */
    void freeze() {
        greeting = Greeting.SILENT;
        mute = true;
        sip = Sip.SILENT;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "scripted-switch");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    // --- event socket

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                Thread unused = daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            switch (greeting) {
                case NORMAL -> converse(socket);
                case SILENT -> socket.getInputStream().read();
                case RUDE -> {
                    say(
                            socket,
                            "Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n"
                                    + GOODBYE);
                    socket.shutdownOutput();
                }
                case FOREIGN -> {
                    say(socket, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
                    socket.getInputStream().read();
                }
            }
        } catch (IOException gone) {
            return;
        } finally {
            connections.remove(socket);
        }
    }

    private void converse(Socket socket) throws IOException {
        say(socket, headers("Content-Type: auth/request\n\n"));
        String auth = readCommand(socket.getInputStream());
        if (!auth.equals("auth " + password)) {
            say(socket, "Content-Type: command/reply\nReply-Text: -ERR invalid\n\n" + GOODBYE);
            return;
        }
        say(socket, headers("Content-Type: command/reply\nReply-Text: +OK accepted\n\n"));
        for (String command = readCommand(socket.getInputStream());
                !command.isEmpty();
                command = readCommand(socket.getInputStream())) {
            commands.add(command);
            if (!mute) {
                answer(socket, command);
            }
        }
    }

    private String headers(String text) {
        return text.replace("\n", lineEnd);
    }

    private void answer(Socket socket, String command) throws IOException {
        if (command.startsWith("event plain ")) {
            say(socket, headers("Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n"));
        } else if (command.startsWith("api ")) {
            String text = api(command.substring(4));
            emitApi(command.substring(4));
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            say(socket, headers("Content-Type: api/response\nContent-Length: " + length + "\n\n") + text);
        } else if (command.startsWith("bgapi ")) {
            background(socket, command);
        } else {
            say(socket, "Content-Type: command/reply\nReply-Text: -ERR command not found\n\n");
        }
    }

    private void background(Socket socket, String command) throws IOException {
        String[] lines = command.split("\n", 2);
        String job = lines[1].substring("Job-UUID: ".length());
        say(socket, "Content-Type: command/reply\nReply-Text: +OK Job-UUID: " + job + "\nJob-UUID: " + job + "\n\n");
        if (!jobs) {
            return;
        }
        String body = api(lines[0].substring("bgapi ".length()));
        event(
                socket,
                "Event-Name: BACKGROUND_JOB\nCore-UUID: " + coreUuid + "\nJob-UUID: " + job + "\nContent-Length: "
                        + body.length() + "\n\n" + body);
    }

    private String api(String command) {
        String given = replies.get(command);
        if (given != null) {
            return given;
        }
        if (command.startsWith("global_setvar ")) {
            String[] words = command.substring("global_setvar ".length()).split("=", 2);
            variables.put(words[0], words[1]);
            return "+OK\n";
        }
        if (command.startsWith("global_getvar ") && !command.endsWith(" core_uuid")) {
            return variables.getOrDefault(command.substring("global_getvar ".length()), "-ERR no reply\n");
        }
        return ownWords(command);
    }

    /** The process ends and another begins: what was in its memory is gone. */
    void restart(String life) throws IOException {
        coreUuid = life;
        variables.clear();
        pausedInbound = false;
        sessions = 0;
        cut();
    }

    private String ownWords(String command) {
        return switch (command) {
            case "status" -> status();
            case "switchname" -> switchname;
            case "global_getvar core_uuid" -> coreUuid;
            case "fsctl pause_check inbound" -> String.valueOf(paused || pausedInbound || asap);
            case "fsctl pause_check" -> String.valueOf(paused || asap);
            case "fsctl shutdown_check" -> String.valueOf(elegant || asap);
            case "fsctl ready_check" -> String.valueOf(isReady());
            case "show calls count" -> databaseDown ? "-ERR Database error!\n" : "\n7 total.\n";
            case "fsctl pause inbound" -> set(() -> pausedInbound = true);
            case "fsctl resume inbound" -> set(() -> pausedInbound = false);
            case "fsctl resume" -> set(() -> pausedInbound = false);
            default ->
                command.startsWith("sched_") ? "+OK\n" : "-ERR " + command.split(" ", 2)[0] + " Command not found!\n";
        };
    }

    private static String set(Runnable change) {
        change.run();
        return "+OK\n";
    }

    private boolean isReady() {
        return !paused && !asap;
    }

    private String status() {
        return "UP 0 years, 0 days, 0 hours, 3 minutes, 19 seconds, 992 milliseconds, 676 microseconds\n"
                + "FreeSWITCH (Version 1.10.12-release git a88d069 2024-08-02 21:02:27Z 64bit) is "
                + (isReady() ? "ready" : "not ready") + "\n"
                + "11 session(s) since startup\n" + sessions + " session(s) - peak 3, last 5min 3 \n"
                + sessionsNow + " session(s) per Sec out of max " + maxPerSecond
                + ", peak 199, last 5min 199 \n" + maxSessions + " session(s) max\n"
                + "min idle cpu " + (lacksIdleCpu ? "100.00" : "0.00") + "/94.27\nCurrent Stack Size/Max 240K/8192K\n";
    }

    /** To all connections that subscribed to anything; a real one sends to those that subscribed to this. */
    void emit(String headers) {
        for (Socket socket : connections) {
            try {
                event(socket, headers);
            } catch (IOException gone) {
                connections.remove(socket);
            }
        }
    }

    void emitApi(String command) {
        String[] words = command.split(" ", 2);
        String arguments = words.length > 1 ? words[1].replace(" ", "%20") : "";
        emit("Event-Name: API\nCore-UUID: " + coreUuid + "\nAPI-Command: " + words[0] + "\nAPI-Command-Argument: "
                + arguments + "\n\n");
    }

    void emitShutdownRequested(String how) {
        emit("Event-Name: SHUTDOWN_REQUESTED\nCore-UUID: " + coreUuid + "\nEvent-Info: " + how + "\n\n");
    }

    void emitHeartbeat() {
        emit("Event-Name: HEARTBEAT\nCore-UUID: " + coreUuid + "\nFreeSWITCH-Hostname: vm\nFreeSWITCH-Switchname: "
                + switchname + "\nEvent-Date-Local: 2026-11-23%2008%3A32%3A45\nEvent-Info: System%20Ready\n"
                + "Session-Count: " + sessions + "\nMax-Sessions: " + maxSessions
                + "\nSession-Per-Sec: " + maxPerSecond + "\nSession-Per-Sec-Last: " + sessionsNow
                + "\nIdle-CPU: 94.766667\n\n");
    }

    /** What a node says last when it ends in order. */
    void emitShutdown() throws IOException {
        emit("Event-Name: SHUTDOWN\nCore-UUID: " + coreUuid + "\nEvent-Info: System%20Shutting%20Down\n\n");
        for (Socket socket : connections) {
            say(socket, "Content-Type: text/disconnect-notice\nContent-Length: 31\n\nThe system is being shut down.\n");
        }
    }

    private void event(Socket socket, String text) throws IOException {
        say(
                socket,
                "Content-Length: " + text.getBytes(StandardCharsets.UTF_8).length
                        + "\nContent-Type: text/event-plain\n\n" + text);
    }

    private void say(Socket socket, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        OutputStream out = socket.getOutputStream();
        synchronized (socket) {
            for (int from = 0; from < bytes.length; from += Math.min(chunk, bytes.length)) {
                out.write(bytes, from, Math.min(chunk, bytes.length - from));
                out.flush();
            }
        }
    }

    private static String readCommand(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next != '\r') {
                text.append((char) next);
            }
            if (text.length() > 2 && text.charAt(text.length() - 1) == '\n' && text.charAt(text.length() - 2) == '\n') {
                return text.substring(0, text.length() - 2);
            }
        }
        return "";
    }

    /** Waits until it was told a command that begins so. */
    String awaitCommand(String beginning) throws InterruptedException {
        while (true) {
            String next = commands.poll(10, TimeUnit.SECONDS);
            if (next == null || next.startsWith(beginning)) {
                return String.valueOf(next);
            }
        }
    }

    // --- SIP

    private void answerOptions(DatagramSocket socket) {
        byte[] buffer = new byte[4096];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                options.release();
                if (sip == Sip.UP) {
                    String request = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
                    byte[] answer = answerTo(request).getBytes(StandardCharsets.UTF_8);
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (SocketException closed) {
            return;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean refusesOptions() {
        return paused || pausedInbound || asap || sessions >= maxSessions;
    }

    private String answerTo(String request) {
        StringBuilder answer = new StringBuilder(
                refusesOptions() ? "SIP/2.0 503 Maximum Calls In Progress\r\n" : "SIP/2.0 200 OK\r\n");
        for (String name : List.of("Via", "From", "To", "Call-ID", "CSeq")) {
            Matcher header = Pattern.compile("(?im)^" + name + ": .*$").matcher(request);
            if (header.find()) {
                String line = header.group().strip();
                boolean isTo = line.toLowerCase(Locale.ROOT).startsWith("to:");
                answer.append(line).append(isTo ? ";tag=5y0KNQQpjtg4B" : "").append("\r\n");
            }
        }
        return answer.append(refusesOptions() ? "Retry-After: 300\r\n" : "")
                .append("User-Agent: ")
                .append(userAgent.isEmpty() ? switchname : userAgent)
                .append("\r\nContent-Length: 0\r\n\r\n")
                .toString();
    }

    /** No process any more: all sockets close at once. */
    void kill() throws IOException {
        close(server, accepting);
        close(udp, answering);
        for (Socket socket : connections) {
            socket.close();
        }
    }

    /** The module is gone; the process goes on. */
    void stopEventSocket() throws IOException {
        close(server, accepting);
        cut();
    }

    /** Waits until it was asked by OPTIONS so many times more. */
    boolean awaitOptions(int more) throws InterruptedException {
        options.drainPermits();
        return options.tryAcquire(more, 10, TimeUnit.SECONDS);
    }

    /** The profile is stopped; the process goes on. */
    void stopSip() throws IOException {
        close(udp, answering);
    }

    /** A port is free when nobody waits at it any more: until then it swallows what comes. */
    private static void close(Closeable port, Thread waiting) throws IOException {
        port.close();
        try {
            waiting.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Cuts the connections; the process goes on and takes others. */
    void cut() throws IOException {
        for (Socket socket : connections) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }

    /** What it does when a connection comes. */
    enum Greeting {
        NORMAL,
        SILENT,
        RUDE,
        FOREIGN
    }

    /** Whether its SIP port answers. */
    enum Sip {
        UP,
        SILENT
    }
}
