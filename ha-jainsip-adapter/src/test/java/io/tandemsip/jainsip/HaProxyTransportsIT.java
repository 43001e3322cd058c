package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sip.ListeningPoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls by every pair of transports between caller and node, under a name that is no address of the proxy. */
@Timeout(120)
class HaProxyTransportsIT {
    private static final String NAME = "edge.example.org";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static Certificates certificates;
    private static SipHost host;
    private static int tlsPort;

    @BeforeAll
    static void open() throws Exception {
        certificates = new Certificates(folder);
        Properties properties = certificates.addTo(HaProxyStack.properties("transports"));
        properties.setProperty("gov.nist.javax.sip.TLS_CLIENT_AUTH_TYPE", "Enabled");
        host = new SipHost(properties).withTcp();
        tlsPort = SippPorts.free();
        host.provider.addListeningPoint(host.stack.createListeningPoint("127.0.0.1", tlsPort, ListeningPoint.TLS));
    }

    @AfterAll
    static void close() {
        host.close();
    }

    /** One end of a call, by whichever transport. */
    private sealed interface End extends AutoCloseable {
        String transport();

        String address();

        void send(String message, int port) throws IOException;

        void reply(String message) throws IOException;

        String next() throws IOException;

        @Override
        void close() throws IOException;

        default String contact() {
            return "sip:" + address() + ";transport=" + transport().toLowerCase(Locale.ROOT);
        }

        default String awaitRequest(String method) throws IOException {
            String message = next();
            while (!message.startsWith(method + ' ')) {
                message = next();
            }
            return message;
        }

        default String awaitFinal(String cseqMethod) throws IOException {
            String message = next();
            while (!message.startsWith("SIP/2.0 ")
                    || message.startsWith("SIP/2.0 1")
                    || !UdpPeer.header(message, "CSeq").endsWith(cseqMethod)) {
                message = next();
            }
            return message;
        }
    }

    private record ByUdp(UdpPeer peer) implements End {
        @Override
        public String transport() {
            return "UDP";
        }

        @Override
        public String address() {
            return peer.address();
        }

        @Override
        public void send(String message, int port) throws IOException {
            peer.send(message, port);
        }

        @Override
        public void reply(String message) throws IOException {
            peer.send(message, host.port);
        }

        @Override
        public String next() throws IOException {
            return peer.next();
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    private record Connected(ConnectedPeer peer) implements End {
        @Override
        public String transport() {
            return peer.transport();
        }

        @Override
        public String address() {
            return peer.address();
        }

        @Override
        public void send(String message, int port) throws IOException {
            peer.send(message, port);
        }

        @Override
        public void reply(String message) throws IOException {
            peer.reply(message);
        }

        @Override
        public String next() {
            return peer.next();
        }

        @Override
        public void close() throws IOException {
            peer.close();
        }
    }

    private static End end(String transport) throws Exception {
        return switch (transport) {
            case "UDP" -> new ByUdp(new UdpPeer());
            case "TCP" -> new Connected(new ConnectedPeer("127.0.0.1", Optional.empty()));
            default -> new Connected(new ConnectedPeer("127.0.0.1", Optional.of(certificates.of("peer"))));
        };
    }

    private static int port(End end) {
        return end.transport().equals("TLS") ? tlsPort : host.port;
    }

    private static String request(End from, String method, String uri, String callId, String tags, String... lines) {
        String[] fromAndTo = tags.split(">", -1);
        StringBuilder text = new StringBuilder(method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/" + from.transport() + ' '
                + from.address() + ";branch=z9hG4bK" + NUMBERS.incrementAndGet() + "\r\n"
                + "From: <sip:a@example.org>;tag=" + fromAndTo[0] + "\r\nTo: <sip:b@example.org>"
                + (fromAndTo[1].isEmpty() ? "" : ";tag=" + fromAndTo[1]) + "\r\n"
                + "Call-ID: " + callId + "\r\nCSeq: " + NUMBERS.incrementAndGet() + ' ' + method
                + "\r\nMax-Forwards: 70\r\nContact: <" + from.contact() + ">\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        return text + "Content-Length: 0\r\n\r\n";
    }

    private static List<String> routes(String message) {
        return new WireMessage(message).routes();
    }

    private static String uriOf(End end, String side) {
        String transport = end.transport().equals("UDP")
                ? ""
                : ";transport=" + end.transport().toLowerCase(Locale.ROOT);
        return side + ':' + port(end) + transport;
    }

    @ParameterizedTest
    @CsvSource({"UDP,TCP", "UDP,TLS", "TCP,UDP", "TCP,TCP", "TCP,TLS", "TLS,UDP", "TLS,TCP", "TLS,TLS"})
    void call_betweenTransports_goesBothWays(String callers, String nodes) throws Exception {
        String callId = callers + '-' + nodes;
        try (End caller = end(callers);
                End node = end(nodes);
                HaProxy proxy = HaProxy.builder(new ScriptedRouter(Node.of("fs1", node.contact())))
                        .provider(host.provider)
                        .advertisedHost(NAME)
                        .build()
                        .start()) {
            caller.send(request(caller, "INVITE", "sip:b@example.org", callId, "caller>"), port(caller));
            String invite = node.awaitRequest("INVITE");
            List<String> routes = routes(invite);
            assertThat(routes)
                    .as("one Record-Route, or one for each side, the node's on top")
                    .hasSize(callers.equals(nodes) ? 1 : 2)
                    .allSatisfy(route -> assertThat(route).contains(";td=fs1").contains(";lr"));
            assertThat(routes.get(0)).contains(uriOf(node, NAME));
            assertThat(routes.get(routes.size() - 1)).contains(uriOf(caller, NAME));
            assertThat(invite).contains("SIP/2.0/" + nodes + ' ' + NAME + ':' + port(node));
            String recordRoute = String.join(", ", routes);
            node.reply(
                    UdpNode.response(invite, 200, "Record-Route: " + recordRoute, "Contact: <" + node.contact() + '>'));
            assertThat(routes(caller.awaitFinal("INVITE"))).isEqualTo(routes);
            String callersRoute =
                    String.join(", ", routes.size() == 1 ? routes : List.of(routes.get(1), routes.get(0)));
            for (String method : List.of("ACK", "INFO")) {
                caller.send(
                        request(caller, method, node.contact(), callId, "caller>node", "Route: " + callersRoute),
                        port(caller));
                String forwarded = node.awaitRequest(method);
                assertThat(forwarded).as("no Route is left").doesNotContain("Route:");
                if (method.equals("INFO")) {
                    node.reply(UdpNode.response(forwarded, 200));
                    assertThat(caller.awaitFinal("INFO")).startsWith("SIP/2.0 200");
                }
            }
            node.send(
                    request(node, "BYE", caller.contact(), callId, "node>caller", "Route: " + recordRoute), port(node));
            caller.reply(UdpNode.response(caller.awaitRequest("BYE"), 200));
            assertThat(node.awaitFinal("BYE")).startsWith("SIP/2.0 200");
            assertThat(proxy.mishaps()).isZero();
        }
    }

    private static HaProxy proxyTo(End node) {
        return HaProxy.builder(new ScriptedRouter(Node.of("fs1", node.contact())))
                .provider(host.provider)
                .build()
                .start();
    }

    /** Fails when answers go where Via says (RFC 3261 section 18.2.2, RFC 3581), or the next hop does not hear of the truth. */
    @ParameterizedTest
    @CsvSource({"UDP,TCP", "TCP,UDP", "TLS,TCP"})
    void caller_whoseViaNamesAnAddressBehindANat_getsItsAnswers(String callers, String nodes) throws Exception {
        try (End caller = end(callers);
                End node = end(nodes);
                HaProxy proxy = proxyTo(node)) {
            String callId = "nat-" + callers;
            String invite = request(caller, "INVITE", "sip:b@example.org", callId, "caller>")
                    .replace(callers + ' ' + caller.address() + ';', callers + " 127.0.0.9:5066;rport;");
            caller.send(invite, port(caller));
            String forwarded = node.awaitRequest("INVITE");
            assertThat(forwarded)
                    .contains(callers + " 127.0.0.9:5066")
                    .contains("received=127.0.0.1")
                    .containsPattern("rport=[1-9]");
            node.reply(UdpNode.response(forwarded, 486));
            assertThat(caller.awaitFinal("INVITE")).startsWith("SIP/2.0 486");
            assertThat(proxy.mishaps()).isZero();
        }
    }

    /** Fails when who has no certificate that the proxy trusts is let in, or holds up those who have. */
    @Test
    void caller_whoseCertificateNobodyTrusts_isNotHeard() throws Exception {
        try (End node = end("TLS");
                End caller = end("TLS");
                ConnectedPeer stranger = new ConnectedPeer("127.0.0.1", Optional.of(certificates.of("stranger")));
                HaProxy proxy = proxyTo(node)) {
            try {
                stranger.send(request(node, "INVITE", "sip:b@example.org", "stranger", "x>"), tlsPort);
            } catch (IOException refused) {
                assertThat(refused).isInstanceOf(IOException.class); // with TLS 1.3 it may go out, and then be refused
            }
            caller.send(request(caller, "INVITE", "sip:b@example.org", "trusted", "caller>"), tlsPort);
            String invite = node.awaitRequest("INVITE");
            assertThat(invite).contains("Call-ID: trusted");
            node.reply(UdpNode.response(invite, 486));
            assertThat(caller.awaitFinal("INVITE")).startsWith("SIP/2.0 486");
            assertThat(proxy.mishaps()).isZero();
        }
    }
}
