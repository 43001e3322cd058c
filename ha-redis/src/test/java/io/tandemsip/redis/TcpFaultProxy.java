package io.tandemsip.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a client and a server, and is a bad network when told so. Thread-safe. */
final class TcpFaultProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;
    private volatile boolean losingReplies;

    TcpFaultProxy(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        begin("accept", this::acceptAll);
    }

    private static void begin(String name, Runnable task) {
        Thread thread = new Thread(task, "fault proxy: " + name);
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
    }

    /** Connections that stand are dead from now on, and neither side is told; new ones are not. */
    void goHalfOpen() {
        pairs.forEach(pair -> pair.dead = true);
    }

    /** What the server answers gets lost from now on. */
    void loseReplies(boolean lose) {
        losingReplies = lose;
    }

    /** New connections are closed at once from now on. */
    void refuse(boolean refuse) {
        refusing = refuse;
    }

    /** Resets all connections. */
    void cut() {
        pairs.forEach(Pair::close);
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    client.close();
                } else {
                    new Pair(client, new Socket(InetAddress.getLoopbackAddress(), target)).begin();
                }
            } catch (IOException closedOrRefused) {
                // the client sees that it comes to nothing
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        cut();
    }

    private final class Pair {
        private final Socket client;
        private final Socket server;
        private volatile boolean dead;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void begin() {
            pairs.add(this);
            TcpFaultProxy.begin("to server", () -> pump(client, server, false));
            TcpFaultProxy.begin("to client", () -> pump(server, client, true));
        }

        private void pump(Socket from, Socket to, boolean replies) {
            byte[] buffer = new byte[64 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (!dead && !(replies && losingReplies)) {
                        out.write(buffer, 0, n);
                    }
                }
            } catch (IOException cut) {
                // the other direction ends with this one
            }
            if (!dead) {
                close();
            }
        }

        void close() {
            pairs.remove(this);
            reset(client);
            reset(server);
        }

        private void reset(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException closed) {
                // that is what was wanted
            }
        }
    }
}
