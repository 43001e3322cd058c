package io.tandemsip.examples.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tandemsip.core.source.LiveNodes;
import io.tandemsip.examples.haproxy.config.ConfigReader;
import io.tandemsip.examples.haproxy.config.GivenSecrets;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.examples.haproxy.demo.DemoNode;
import io.tandemsip.node.Node;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/** What the file says of strangers, on the wire. */
class EdgeIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private static int freePort() throws Exception {
        try (DatagramSocket free = new DatagramSocket(0, LOOPBACK)) {
            return free.getLocalPort();
        }
    }

    private static String request(DatagramSocket caller, String method, String domain, int number) {
        String address = "127.0.0.1:" + caller.getLocalPort();
        return method + " sip:b@" + domain + " SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP " + address + ";branch=z9hG4bK" + number + "\r\n"
                + "From: <sip:a@example.org>;tag=a\r\nTo: <sip:b@example.org>\r\n"
                + "Call-ID: edge-" + number + "\r\nCSeq: 1 " + method + "\r\nContact: <sip:a@" + address
                + ">\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    }

    private static void send(DatagramSocket caller, int port, String request) throws Exception {
        byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        caller.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(LOOPBACK, port)));
    }

    private static String receive(DatagramSocket caller) throws Exception {
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        caller.receive(answer);
        return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
    }

    /** The status of what the proxy answers finally. */
    private static String ask(DatagramSocket caller, int port, String domain, int number) throws Exception {
        send(caller, port, request(caller, "MESSAGE", domain, number));
        return receive(caller).substring(8, 11);
    }

    /** Fails when the program does not hand the policy on to the proxy. */
    @Test
    void domainsAndLimits_holdForStrangers() throws Exception {
        int port = freePort();
        String nobody = "sip:127.0.0.1:" + freePort();
        ProxyConfig config = ConfigReader.read("proxy.yaml", """
                listen:
                  - {transport: udp, host: 127.0.0.1, port: %d}
                pools:
                  media:
                    nodes:
                      - {id: fs1, uri: "%s"}
                edge:
                  domains: [example.org]
                  newRequests: {perSource: 2}
                http: {port: 0}
                """.formatted(port, nobody), GivenSecrets.NONE)
                .fold(read -> read, mistakes -> fail(mistakes.toString()));
        try (ProxyProgram program =
                        ProxyProgram.start(config, LiveNodes.of(config.nodes().toArray(Node[]::new)));
                DatagramSocket caller = new DatagramSocket(0, LOOPBACK)) {
            caller.setSoTimeout(20_000);
            assertThat(program.httpPort()).isPositive();
            assertThat(ask(caller, port, "example.com", 1)).isEqualTo("404");
            assertThat(ask(caller, port, "example.com", 2)).isEqualTo("404");
            int shed = 0;
            for (int i = 3; i < 100; i++) {
                shed += ask(caller, port, "example.com", i).equals("503") ? 1 : 0;
            }
            assertThat(shed)
                    .as("refused by the limit, before anybody looks at the domain")
                    .isPositive();
        }
    }

    /** Fails when the program does not hand on what the file says of hiding nodes. */
    @Test
    void topology_isHidden() throws Exception {
        int port = freePort();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (DemoNode node = new DemoNode("fs1", timer, System::nanoTime)) {
            ProxyConfig config = ConfigReader.read("proxy.yaml", """
                    listen:
                      - {transport: udp, host: 127.0.0.1, port: %d}
                    pools:
                      media:
                        nodes:
                          - {id: fs1, uri: "%s"}
                    topology: {hidden: true}
                    http: {port: 0}
                    """.formatted(port, node.uri()), GivenSecrets.NONE)
                    .fold(read -> read, mistakes -> fail(mistakes.toString()));
            try (ProxyProgram program = ProxyProgram.start(
                            config, LiveNodes.of(config.nodes().toArray(Node[]::new)));
                    DatagramSocket caller = new DatagramSocket(0, LOOPBACK)) {
                assertThat(program.httpPort()).isPositive();
                caller.setSoTimeout(20_000);
                send(caller, port, request(caller, "INVITE", "example.org", 1));
                String answer = receive(caller);
                while (!answer.startsWith("SIP/2.0 200")) {
                    assertThat(answer).startsWith("SIP/2.0 1");
                    answer = receive(caller);
                }
                assertThat(answer)
                        .contains("Contact: <sip:th~")
                        .doesNotContain(node.uri().substring("sip:".length()));
            }
        } finally {
            timer.shutdownNow();
        }
    }
}
