package io.tandemsip.jainsip;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** Somebody with a browser: the JDK's own WebSocket, and a name that nobody can look up (RFC 7118). One user. */
final class WebSocketUser implements AutoCloseable {
    static final String NAME = "df7jal23ls0d.invalid";
    private static final int PATIENCE_SECONDS = 20;

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    WebSocketUser(int port, Optional<SSLContext> tls) throws Exception {
        HttpClient.Builder client = HttpClient.newBuilder();
        tls.ifPresent(client::sslContext);
        String scheme = tls.isPresent() ? "wss" : "ws";
        socket = client.build()
                .newWebSocketBuilder()
                .subprotocols("sip")
                .buildAsync(URI.create(scheme + "://127.0.0.1:" + port + '/'), new Listening())
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private final class Listening implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                received.add(message.toString());
                message.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onPong(WebSocket from, java.nio.ByteBuffer data) {
            pongs.add(java.nio.charset.StandardCharsets.UTF_8.decode(data).toString());
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            closed.complete(status);
            return CompletableFuture.completedFuture(null);
        }
    }

    String protocol() {
        return socket.getSubprotocol();
    }

    void send(String message) throws Exception {
        socket.sendText(message, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** One message in several frames. */
    void sendInPieces(String message) throws Exception {
        int third = message.length() / 3;
        socket.sendText(message.substring(0, third), false).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        socket.sendText(message.substring(third, 2 * third), false).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        send(message.substring(2 * third));
    }

    /** What the answer to a ping says. */
    String ping(String text) throws Exception {
        socket.sendPing(java.nio.ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return waited(pongs.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** Says goodbye; the status that the other side says. */
    int leave() throws Exception {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** The next message; waits for it. */
    String next() throws InterruptedException {
        return waited(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** The next message that begins so; what else comes is passed over. */
    String next(String start) throws InterruptedException {
        String message = next();
        while (!message.startsWith(start)) {
            message = next();
        }
        return message;
    }

    private static String waited(String what) {
        if (what == null) {
            throw new AssertionError("nothing came by WebSocket");
        }
        return what;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
