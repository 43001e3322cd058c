package io.tandemsip.examples.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tandemsip.core.source.LiveNodes;
import io.tandemsip.examples.haproxy.config.ConfigReader;
import io.tandemsip.examples.haproxy.config.GivenSecrets;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the file says of TLS, on the wire. */
@Timeout(120)
class TlsIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int PATIENCE_SECONDS = 30;

    @TempDir
    static Path folder;

    private static KeyStores stores;

    @BeforeAll
    static void make() throws Exception {
        stores = KeyStores.in(folder);
    }

    private static final GivenSecrets SECRETS = new GivenSecrets(Map.of("PASSWORD", KeyStores.PASSWORD), Map.of());

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            return free.getLocalPort();
        }
    }

    private static ProxyProgram start(int tls, int wss, boolean mutual) throws Exception {
        ProxyConfig config = ConfigReader.read(
                        "proxy.yaml",
                        """
                listen:
                  - {transport: udp, host: 127.0.0.1, port: %d}
                  - {transport: tls, host: 127.0.0.1, port: %d}
                  - {transport: wss, host: 127.0.0.1, port: %d}
                tls:
                  keyStore: {file: "%s", password: {env: PASSWORD}}
                  trustStore: {file: "%s", password: {env: PASSWORD}}
                  mutual: %s
                pools:
                  media:
                    nodes:
                      - {id: fs1, uri: "sip:127.0.0.1:%d"}
                edge: {domains: [example.org]}
                http: {port: 0}
                """.formatted(
                                        freePort(),
                                        tls,
                                        wss,
                                        stores.file("proxy.p12"),
                                        stores.file("trust.p12"),
                                        mutual,
                                        freePort()),
                        SECRETS)
                .fold(read -> read, mistakes -> fail(mistakes.toString()));
        return ProxyProgram.start(config, LiveNodes.of(config.nodes().toArray(Node[]::new)));
    }

    private static String message(String via) {
        return "MESSAGE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/" + via + ";branch=z9hG4bKtls\r\n"
                + "From: <sip:a@example.org>;tag=a\r\nTo: <sip:b@example.com>\r\nCall-ID: " + via
                + "\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    }

    /** What comes first, up to the end of the line; empty if the connection ends before. */
    private static String byTls(int port, boolean withKey) throws Exception {
        try (Socket socket = stores.client(withKey).getSocketFactory().createSocket(LOOPBACK, port)) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            socket.getOutputStream().write(message("TLS 127.0.0.1:5099").getBytes(StandardCharsets.UTF_8));
            StringBuilder line = new StringBuilder();
            for (int next = socket.getInputStream().read();
                    next >= 0 && next != '\r';
                    next = socket.getInputStream().read()) {
                line.append((char) next);
            }
            return line.toString();
        } catch (java.net.SocketTimeoutException nothing) {
            throw nothing;
        } catch (IOException refused) {
            return "";
        }
    }

    private static String byWss(int port) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        WebSocket socket = HttpClient.newBuilder()
                .sslContext(stores.client(false))
                .build()
                .newWebSocketBuilder()
                .subprotocols("sip")
                .buildAsync(URI.create("wss://127.0.0.1:" + port), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        answer.complete(data.toString());
                        return CompletableFuture.completedFuture(null);
                    }
                })
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        try {
            socket.sendText(message("WSS df7jal23ls0d.invalid"), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }

    /** Fails when the program does not hand the stores on to the stack. */
    @Test
    void withoutMutual_everybodyIsHeard() throws Exception {
        int tls = freePort();
        int wss = freePort();
        try (ProxyProgram program = start(tls, wss, false)) {
            assertThat(program.httpPort()).isPositive();
            assertThat(byTls(tls, false)).startsWith("SIP/2.0 404");
            assertThat(byWss(wss)).startsWith("SIP/2.0 404");
        }
    }

    /** Fails when mutual is not handed on. */
    @Test
    void withMutual_whoHasACertificateIsHeard() throws Exception {
        int tls = freePort();
        int wss = freePort();
        try (ProxyProgram program = start(tls, wss, true)) {
            assertThat(program.httpPort()).isPositive();
            assertThat(byTls(tls, false)).isEmpty();
            assertThat(byTls(tls, true)).startsWith("SIP/2.0 404");
            assertThat(byWss(wss)).as("browsers have no certificate").startsWith("SIP/2.0 404");
        }
    }
}
