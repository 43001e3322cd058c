package io.tandemsip.jainsip;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A FreeSWITCH by TCP, as one of version 1.10.12 was seen to recover a call: its re-INVITE has the Vias of the first INVITE, of which the
 * topmost names the proxy, with the node's port. Thread-safe.
 */
final class ScriptedTcpFreeSwitch implements AutoCloseable {
    final String name;
    final InetSocketAddress address;
    final Queue<WireMessage> requests = new ConcurrentLinkedQueue<>();
    private final InetSocketAddress proxy;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private volatile ServerSocket server;

    ScriptedTcpFreeSwitch(String name, String host, int port, int proxyPort) throws IOException {
        this.name = name;
        address = new InetSocketAddress(host, port);
        proxy = new InetSocketAddress("127.0.0.1", proxyPort);
        server = open();
    }

    private ServerSocket open() throws IOException {
        ServerSocket mine = new ServerSocket();
        mine.setReuseAddress(true);
        mine.bind(address);
        daemon(() -> accept(mine));
        return mine;
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "scripted-tcp-node");
        thread.setDaemon(true);
        thread.start();
    }

    String hostAndPort() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private void accept(ServerSocket mine) {
        try {
            while (true) {
                Socket socket = mine.accept();
                connections.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            for (WireMessage next = read(socket); next != null; next = read(socket)) {
                if (!next.isResponse()) {
                    requests.add(next);
                    String answer = answer(next);
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException gone) {
            return;
        }
    }

    private String answer(WireMessage request) {
        return switch (request.method()) {
            case "ACK" -> "";
            case "INVITE" ->
                request.response(
                        "200 OK",
                        name,
                        List.of("Contact: <sip:park@" + hostAndPort() + ";transport=tcp>", "User-Agent: " + name),
                        "v=0\r\n");
            default -> request.response("200 OK", name, List.of("User-Agent: " + name), "");
        };
    }

    private static WireMessage read(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            text.append((char) next);
            if (text.length() >= 4 && text.substring(text.length() - 4).equals("\r\n\r\n")) {
                if (text.toString().isBlank()) {
                    text.setLength(0);
                    continue;
                }
                WireMessage head = new WireMessage(text.toString());
                int length =
                        head.header("Content-Length").isEmpty() ? 0 : Integer.parseInt(head.header("Content-Length"));
                return new WireMessage(head.text() + new String(in.readNBytes(length), StandardCharsets.UTF_8));
            }
        }
        return null;
    }

    /** A connection of its own to the proxy, from any port. */
    final class Session implements AutoCloseable {
        private final Socket socket = new Socket();
        private final BlockingQueue<WireMessage> answers = new LinkedBlockingQueue<>();

        Session() throws IOException {
            socket.bind(new InetSocketAddress(address.getAddress(), 0));
            socket.connect(proxy);
            daemon(() -> {
                try {
                    for (WireMessage next = read(socket); next != null; next = read(socket)) {
                        if (!next.isResponse() || next.status() >= 200) {
                            answers.add(next);
                        }
                    }
                } catch (IOException gone) {
                    return;
                }
            });
        }

        /** A request of the dialog that the other node's INVITE began; its answer comes by the same connection. */
        WireMessage ask(String method, WireMessage invite, String tag, int number) throws Exception {
            send(method, invite, tag, number, viaOfTheProxy(invite, method + number));
            WireMessage answer = answers.poll(10, TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError("no answer to " + method);
            }
            return answer;
        }

        void acknowledge(WireMessage invite, String tag, int number) throws IOException {
            send("ACK", invite, tag, number, "SIP/2.0/TCP " + hostAndPort() + ";branch=z9hG4bK3j31" + number);
        }

        private void send(String method, WireMessage invite, String tag, int number, String via) throws IOException {
            StringBuilder request = new StringBuilder(method + " " + invite.contactUri() + " SIP/2.0\r\nVia: " + via);
            request.append("\r\nRoute: " + String.join(",", invite.routes()));
            request.append("\r\nRecord-Route: " + String.join(",", invite.routes()));
            request.append("\r\nMax-Forwards: 70\r\nFrom: " + invite.header("To") + ";tag=" + tag);
            request.append("\r\nTo: " + invite.header("From") + "\r\nCall-ID: " + invite.callId());
            request.append("\r\nCSeq: " + number + " " + method + "\r\nContact: <sip:probe@" + hostAndPort() + ">");
            request.append("\r\nUser-Agent: " + name + "\r\n");
            String text = WireMessage.end(request, method.equals("INVITE") ? "v=0\r\n" : "");
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        /** {@code TCP proxy:5080;branch=…;rport=42219, UDP client;received=…}, in one line. */
        private String viaOfTheProxy(WireMessage invite, String branch) {
            String vias = String.join(",", invite.headers("Via"));
            String client = vias.substring(vias.indexOf(',') + 1).strip();
            return "SIP/2.0/TCP 127.0.0.1:" + address.getPort() + ";branch=z9hG4bK2998" + branch + ";rport=42219,"
                    + client;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** SIGKILL, or SIGSTOP as a router sees it that is refused. */
    void kill() throws IOException {
        server.close();
        for (Socket each : connections) {
            each.close();
        }
    }

    void wake() throws IOException {
        server = open();
    }

    @Override
    public void close() throws IOException {
        kill();
    }

    static int freePort(String host) throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return probe.getLocalPort();
        }
    }
}
