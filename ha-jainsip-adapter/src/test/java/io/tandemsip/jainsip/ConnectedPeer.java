package io.tandemsip.jainsip;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * Somebody with TCP or TLS who says what he likes: listens, connects, and answers on the connection that a request came by. One user;
 * threads of its own read.
 */
final class ConnectedPeer implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 20;

    private final InetAddress host;
    private final Optional<SSLContext> tls;
    private final ServerSocket server;
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final Map<Integer, Socket> connections = new ConcurrentHashMap<>();
    private final List<Socket> all = new CopyOnWriteArrayList<>();
    private Socket last;

    private record Received(String message, Socket by) {}

    /** Listens at a free port; by TLS asks for a certificate. */
    ConnectedPeer(String host, Optional<SSLContext> tls) throws IOException {
        this.host = InetAddress.getByName(host);
        this.tls = tls;
        this.server = tls.isPresent()
                ? tls.get().getServerSocketFactory().createServerSocket(0, 50, this.host)
                : new ServerSocket(0, 50, this.host);
        if (server instanceof SSLServerSocket secure) {
            secure.setNeedClientAuth(true);
        }
        daemon(this::accept);
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "connected-peer");
        thread.setDaemon(true);
        thread.start();
    }

    String transport() {
        return tls.isPresent() ? "TLS" : "TCP";
    }

    int port() {
        return server.getLocalPort();
    }

    String address() {
        String text = host.getHostAddress();
        return (text.indexOf(':') >= 0 ? '[' + text + ']' : text) + ':' + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                all.add(socket);
                daemon(() -> read(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void read(Socket socket) {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String message = message(in); !message.isEmpty(); message = message(in)) {
                received.add(new Received(message, socket));
            }
        } catch (IOException closed) {
            // the other side hung up
        }
    }

    /** One message; empty at the end. */
    private static String message(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            if (head.size() > 0 || (next != '\r' && next != '\n')) {
                head.write(next);
                text = next == '\n' ? head.toString(StandardCharsets.UTF_8) : "";
            }
        }
        String length = UdpPeer.header(text, "Content-Length");
        byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        return text + new String(body, StandardCharsets.UTF_8);
    }

    /** By a connection of its own to the port, which is kept. */
    void send(String message, int port) throws IOException {
        Socket socket = connections.get(port);
        if (socket == null) {
            socket = tls.isPresent() ? tls.get().getSocketFactory().createSocket(host, port) : new Socket(host, port);
            connections.put(port, socket);
            all.add(socket);
            Socket opened = socket;
            write(socket, message);
            daemon(() -> read(opened));
        } else {
            write(socket, message);
        }
    }

    /** By the connection that the last message came by. */
    void reply(String message) throws IOException {
        write(last, message);
    }

    private static void write(Socket socket, String message) throws IOException {
        socket.getOutputStream().write(message.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    /** The next message; waits for it. */
    String next() {
        try {
            Received next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came to " + address());
            }
            last = next.by();
            return next.message();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : all) {
            socket.close();
        }
    }
}
