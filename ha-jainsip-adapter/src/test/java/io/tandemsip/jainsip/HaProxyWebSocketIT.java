package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users with WebSocket, which nobody can dial, and a node with UDP (RFC 7118). */
@Timeout(120)
class HaProxyWebSocketIT {
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static Certificates certificates;
    private static SipHost host;
    private static int wsPort;
    private static int wssPort;

    private final Opened opened = new Opened();
    private UdpPeer node;
    private HaProxy proxy;

    @BeforeAll
    static void openStack() throws Exception {
        certificates = new Certificates(folder);
        host = new SipHost(certificates.addTo(HaProxyStack.properties("websocket")));
        wsPort = SippPorts.free();
        wssPort = SippPorts.free();
        host.provider.addListeningPoint(host.stack.createListeningPoint("127.0.0.1", wsPort, "ws"));
        host.provider.addListeningPoint(host.stack.createListeningPoint("127.0.0.1", wssPort, "wss"));
    }

    @AfterAll
    static void closeStack() {
        host.close();
    }

    @BeforeEach
    void open() throws Exception {
        node = opened.add(new UdpPeer());
        proxy = opened.add(HaProxy.builder(new ScriptedRouter(Node.of("fs1", "sip:" + node.address())))
                .provider(host.provider)
                .build()
                .start());
    }

    @AfterEach
    void close() throws Exception {
        assertThat(proxy.mishaps()).isZero();
        opened.close();
    }

    private WebSocketUser user(String transport) throws Exception {
        Optional<SSLContext> tls = transport.equals("wss") ? Optional.of(certificates.of("peer")) : Optional.empty();
        return opened.add(new WebSocketUser(transport.equals("wss") ? wssPort : wsPort, tls));
    }

    private static String contact(String transport) {
        return "sip:alice@" + WebSocketUser.NAME + ";transport=" + transport;
    }

    private static String request(String method, String uri, String via, String dialog, String... lines) {
        int number = NUMBERS.incrementAndGet();
        StringBuilder text = new StringBuilder(method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/" + via
                + ";branch=z9hG4bKw" + number + "\r\nMax-Forwards: 70\r\n" + dialog + "CSeq: " + number + ' ' + method
                + "\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        return text + "\r\n";
    }

    private static String dialog(String callId, String from, String to) {
        return "From: <sip:a@example.org>;tag=" + from + "\r\nTo: <sip:b@example.org>" + to + "\r\nCall-ID: " + callId
                + "\r\n";
    }

    private static String usersVia(String transport) {
        return transport.toUpperCase(java.util.Locale.ROOT) + ' ' + WebSocketUser.NAME;
    }

    private void nodeSends(String method, String transport, String callId, List<String> routes) throws IOException {
        String[] lines = routes.stream().map(route -> "Route: " + route).toArray(String[]::new);
        node.send(
                request(method, contact(transport), "UDP " + node.address(), dialog(callId, "node", ";tag=u"), lines),
                host.port);
    }

    /** Fails without two Record-Routes, without tokens in them, or when the body of a message without Content-Length is lost. */
    @ParameterizedTest
    @ValueSource(strings = {"ws", "wss"})
    void call_goesBothWays_byTheOneConnection(String transport) throws Exception {
        WebSocketUser user = user(transport);
        assertThat(user.protocol()).isEqualTo("sip");
        String callId = "call-" + transport;
        user.send(request(
                        "INVITE",
                        "sip:b@example.org",
                        usersVia(transport),
                        dialog(callId, "u", ""),
                        "Contact: <" + contact(transport) + ">",
                        "Content-Type: text/plain")
                + "a body");

        String invite = node.nextRequest("INVITE");
        assertThat(invite).endsWith("\r\n\r\na body").contains("Contact: <" + contact(transport) + ">");
        assertThat(UdpPeer.header(invite, "Content-Length")).isEqualTo("6");
        List<String> recordRoutes = new WireMessage(invite).routes();
        assertThat(recordRoutes).hasSize(2);
        assertThat(recordRoutes.get(0)).startsWith("<sip:tf").doesNotContain("transport=");
        assertThat(recordRoutes.get(1)).startsWith("<sip:tf").contains(";transport=" + transport);

        node.send(answer(invite, 200, "Contact: <sip:" + node.address() + ">"), host.port);
        String ok = user.next("SIP/2.0 200");
        List<String> routes = new WireMessage(ok).routes();
        String[] back = {"Route: " + routes.get(1), "Route: " + routes.get(0)};
        String toNode = "sip:" + node.address();
        user.send(request("ACK", toNode, usersVia(transport), dialog(callId, "u", ";tag=node"), back));
        assertThat(node.nextRequest("ACK")).doesNotContain("Route:");

        nodeSends("INFO", transport, callId, recordRoutes);
        String info = user.next("INFO ");
        assertThat(info).startsWith("INFO " + contact(transport) + " SIP/2.0").doesNotContain("Route:");
        user.send(answer(info, 200));
        assertThat(node.nextFinal()).startsWith("SIP/2.0 200").contains("INFO");

        user.send(request("BYE", toNode, usersVia(transport), dialog(callId, "u", ";tag=node"), back));
        node.send(answer(node.nextRequest("BYE"), 200), host.port);
        assertThat(user.next("SIP/2.0 200")).contains("BYE");
    }

    private static String answer(String request, int status, String... more) {
        StringBuilder lines = new StringBuilder();
        for (String line : more) {
            lines.append(line).append("\r\n");
        }
        for (String value : new WireMessage(request).routes()) {
            lines.append("Record-Route: ").append(value).append("\r\n");
        }
        return UdpNode.answerAsReceived(request, status)
                .replace("Content-Length: 0\r\n", lines + "Content-Length: 0\r\n");
    }

    /** Fails when REGISTER has no Path, or when another connection is looked for once the user's is closed. */
    @ParameterizedTest
    @ValueSource(strings = {"ws", "wss"})
    void node_reachesARegisteredUser_untilTheConnectionIsClosed(String transport) throws Exception {
        WebSocketUser user = user(transport);
        String contact = "Contact: <" + contact(transport) + ">";
        user.send(request(
                "REGISTER", "sip:example.org", usersVia(transport), dialog("r-" + transport, "r", ""), contact));
        String register = node.nextRequest("REGISTER");
        List<String> path = new WireMessage(register).headers("Path");
        assertThat(path).hasSize(1);
        node.send(answer(register, 200, contact, "Path: " + path.get(0)), host.port);
        user.next("SIP/2.0 200");

        nodeSends("MESSAGE", transport, "m-" + transport, path);
        user.send(answer(user.next("MESSAGE "), 200));
        assertThat(node.nextFinal()).startsWith("SIP/2.0 200");

        assertThat(user.leave()).isEqualTo(1000);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        String last = "";
        for (int i = 0; !last.startsWith("SIP/2.0 430"); i++) {
            assertThat(System.nanoTime()).as("after the end: " + last).isLessThan(deadline);
            nodeSends("MESSAGE", transport, "m" + i + transport, path);
            last = node.poll(500).orElse(last);
        }
    }

    /** Fails with the stack's own WebSocket, which takes a ping for SIP and a part for the whole. */
    @ParameterizedTest
    @ValueSource(strings = {"ws", "wss"})
    void pingsAndMessagesInPieces_areUnderstood(String transport) throws Exception {
        WebSocketUser user = user(transport);
        assertThat(user.ping("are you there?")).isEqualTo("are you there?");
        user.send("\r\n\r\n");
        assertThat(user.next()).isEqualTo("\r\n");
        user.sendInPieces(
                request("OPTIONS", "sip:b@example.org", usersVia(transport), dialog("o-" + transport, "o", "")));
        node.send(answer(node.nextRequest("OPTIONS"), 200), host.port);
        assertThat(user.next("SIP/2.0 ")).startsWith("SIP/2.0 200");
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("after " + text).isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }

    /** Returns when the other side has closed the connection, with or without a reset. */
    private static void awaitEnd(Socket socket) {
        try {
            while (socket.getInputStream().read() >= 0) {
                // what was sent before
            }
        } catch (IOException reset) {
            assertThat(reset).isInstanceOf(java.net.SocketException.class);
        }
    }

    /** A text frame as clients send it, with a mask of zeroes. */
    private static byte[] frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        return java.nio.ByteBuffer.allocate(8 + payload.length)
                .put((byte) 0x81)
                .put((byte) (0x80 | 126))
                .putShort((short) payload.length)
                .putInt(0)
                .put(payload)
                .array();
    }

    /** Fails with the stack's own WebSocket: the first ends its thread by an OutOfMemoryError, and nobody is heard any more. */
    @Test
    void strangers_harmNobodyElse() throws Exception {
        try (Socket stranger = new Socket("127.0.0.1", wsPort)) {
            String handshake = "GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: keep-alive, Upgrade\r\n"
                    + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n";
            stranger.getOutputStream().write(handshake.getBytes(StandardCharsets.UTF_8));
            stranger.getOutputStream().flush();
            stranger.getOutputStream().write("sec-websocket-protocol: sip\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(readHead(stranger.getInputStream())).startsWith("HTTP/1.1 101 ");
            for (String line : List.of("Content-Length: 2000000000", "Content-Length: -1", "Content-Length: x")) {
                stranger.getOutputStream()
                        .write(frame(
                                request("OPTIONS", "sip:b@example.org", usersVia("ws"), dialog("x", "x", ""), line)));
            }
            stranger.getOutputStream()
                    .write(new byte[] {(byte) 0x81, (byte) 0xFF, 0, 0, 0, 0, 0x70, 0, 0, 0, 0, 0, 0, 0});
            awaitEnd(stranger);
        }
        WebSocketUser user = user("ws");
        user.send(request("OPTIONS", "sip:b@example.org", usersVia("ws"), dialog("o", "o", "")));
        String options = node.nextRequest("OPTIONS");
        while (!UdpPeer.header(options, "Call-ID").equals("o")) {
            options = node.nextRequest("OPTIONS");
        }
        node.send(answer(options, 200), host.port);
        assertThat(user.next("SIP/2.0 ")).startsWith("SIP/2.0 200");
    }
}
