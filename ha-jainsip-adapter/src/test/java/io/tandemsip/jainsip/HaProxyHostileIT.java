package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is too large, too many, too slow or cut off: others are served meanwhile. */
class HaProxyHostileIT {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private static SipHost host;
    private static UdpNode node;
    private static HaProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        host = new SipHost().withTcp();
        node = new UdpNode(
                request -> request.startsWith("ACK") ? List.of() : List.of(UdpNode.answerAsReceived(request, 200)));
        proxy = new HaProxy(host.provider, new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()))).start();
    }

    @AfterAll
    static void stop() {
        proxy.close();
        node.close();
        host.close();
    }

    private static String request(String transport, String from, String more) {
        String id = "hostile" + NUMBERS.incrementAndGet();
        return "OPTIONS sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/" + transport + ' ' + from + ";branch=z9hG4bK" + id
                + "\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>\r\nCall-ID: " + id
                + "\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n" + more + "Content-Length: 0\r\n\r\n";
    }

    private static void assertServed() throws Exception {
        try (UdpPeer honest = new UdpPeer()) {
            honest.send(request("UDP", honest.address(), ""), host.port);
            assertThat(honest.nextFinal()).startsWith("SIP/2.0 200");
        }
        assertThat(proxy.mishaps()).isZero();
    }

    private static void assertServedByTcp() throws Exception {
        try (Socket honest = new Socket("127.0.0.1", host.port)) {
            honest.setSoTimeout(10_000);
            write(honest, request("TCP", "127.0.0.1:" + honest.getLocalPort(), ""));
            byte[] answer = new byte[11];
            assertThat(honest.getInputStream().readNBytes(answer, 0, answer.length))
                    .isEqualTo(answer.length);
            assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("SIP/2.0 200");
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Test
    void datagrams_of64KiB_andFloodsOfHeaders_areAnsweredOrDropped() throws Exception {
        try (UdpPeer hostile = new UdpPeer()) {
            for (String more : List.of(
                    "X: " + "x".repeat(64_500) + "\r\n",
                    "Y: y\r\n".repeat(10_000),
                    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKv\r\n".repeat(1_300),
                    "Record-Route: <sip:127.0.0.1:" + host.port + ";lr>\r\n".repeat(1_000),
                    "Route: <sip:127.0.0.1:" + host.port + ";lr>\r\n".repeat(1_000),
                    "Z: " + "\"(<".repeat(20_000) + "\r\n")) {
                hostile.send(request("UDP", hostile.address(), more), host.port);
                assertServed();
            }
        }
    }

    @Test
    void streams_thatAreCutOff_disturbNobody() throws Exception {
        String whole = request("TCP", "127.0.0.1:5099", "");
        for (int end = 1; end < whole.length(); end += 13) {
            try (Socket hostile = new Socket("127.0.0.1", host.port)) {
                write(hostile, whole.substring(0, end));
            }
        }
        try (Socket hostile = new Socket("127.0.0.1", host.port)) {
            write(hostile, whole.replace("Content-Length: 0", "Content-Length: 99999999"));
            assertServedByTcp();
        }
        assertServed();
    }

    /** Two hundred connections that say nothing, or one byte of a message each. */
    @Test
    void connections_thatAreManyAndSlow_disturbNobody() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket each = new Socket("127.0.0.1", host.port);
                slow.add(each);
                if (i % 2 == 0) {
                    write(each, "O");
                }
            }
            assertServedByTcp();
            for (Socket each : slow) {
                write(each, "P");
            }
            assertServedByTcp();
            assertServed();
        } finally {
            for (Socket each : slow) {
                each.close();
            }
        }
    }
}
