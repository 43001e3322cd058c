package io.tandemsip.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server on which connections can be made half-open. Thread-safe. */
final class SilentWay implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();

    SilentWay(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        begin(this::acceptAll);
    }

    private static void begin(Runnable task) {
        Thread thread = new Thread(task, "silent way");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + listener.getLocalPort() + "/postgres?user=postgres";
    }

    /** What goes over the connections that stand is lost from now on, their ends too. */
    void swallow() {
        pairs.forEach(pair -> pair.silent = true);
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Pair pair = new Pair(listener.accept(), new Socket(InetAddress.getLoopbackAddress(), target));
                pairs.add(pair);
                begin(() -> pair.pump(pair.client, pair.server));
                begin(() -> pair.pump(pair.server, pair.client));
            } catch (IOException closed) {
                // whoever connects sees it
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Pair pair : pairs) {
                pair.client.close();
                pair.server.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static final class Pair {
        private final Socket client;
        private final Socket server;
        private volatile boolean silent;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to) {
            byte[] buffer = new byte[64 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (!silent) {
                        out.write(buffer, 0, n);
                    }
                }
                if (!silent) {
                    to.close();
                }
            } catch (IOException ended) {
                // the other direction ends with this one
            }
        }
    }
}
