package io.tandemsip.examples.tworouters;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The way of one router to its store, which can be cut: connections end, and new ones too; or without a word. Thread-safe. */
final class CuttableTcp implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile boolean silent;

    CuttableTcp(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        begin(this::acceptAll);
    }

    int port() {
        return listener.getLocalPort();
    }

    void cut() {
        cut = true;
        sockets.forEach(CuttableTcp::quietly);
    }

    /** What is sent from now on gets lost, on connections that stand and on new ones; nobody is told. */
    void silence() {
        silent = true;
    }

    /** New connections work; those that have lost something end. */
    void mend() {
        if (silent) {
            sockets.forEach(CuttableTcp::quietly);
        }
        silent = false;
        cut = false;
    }

    private static void begin(Runnable task) {
        Thread thread = new Thread(task, "cuttable");
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (cut) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                begin(() -> pump(client, server));
                begin(() -> pump(server, client));
                if (cut) {
                    quietly(client);
                }
            } catch (IOException closedOrRefused) {
                // the client sees that it comes to nothing
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!silent) {
                    out.write(buffer, 0, n);
                }
            }
        } catch (IOException ended) {
            // the other direction ends with this one
        }
        quietly(from);
        quietly(to);
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // that is what was wanted
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(CuttableTcp::quietly);
    }
}
