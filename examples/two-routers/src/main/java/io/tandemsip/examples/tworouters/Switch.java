package io.tandemsip.examples.tworouters;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a virtual address or a layer-4 balancer does in front of several routers: one address for all, and each transaction to one of
 * those that are there, whichever had the call's earlier ones. Thread-safe.
 */
final class Switch implements AutoCloseable {
    private static final int MOST_BYTES = 65_535;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final Pattern BRANCH = Pattern.compile("branch=([^;,\\s]+)");

    private final DatagramSocket front;
    private final Map<SocketAddress, DatagramSocket> backs = new ConcurrentHashMap<>();
    private volatile List<InetSocketAddress> routers;

    /**
     * Begins to forward.
     *
     * @param port of loopback's first address
     * @param routers where to
     */
    Switch(int port, List<InetSocketAddress> routers) throws SocketException {
        front = open(port);
        this.routers = List.copyOf(routers);
        begin("switch", this::forward);
    }

    private static DatagramSocket open(int port) throws SocketException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setReceiveBufferSize(BUFFER_BYTES);
        return socket;
    }

    private static void begin(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** A router is gone: the others get what was for it. */
    void without(InetSocketAddress router) {
        routers = routers.stream().filter(each -> !each.equals(router)).toList();
    }

    private void forward() {
        DatagramPacket packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        while (!front.isClosed()) {
            try {
                packet.setLength(MOST_BYTES);
                front.receive(packet);
                DatagramSocket back = back(packet.getSocketAddress());
                packet.setSocketAddress(router(packet));
                back.send(packet);
            } catch (IOException closedOrLost) {
                // a datagram may be lost; the loop's condition tells the rest
            }
        }
    }

    private InetSocketAddress router(DatagramPacket packet) {
        String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
        Matcher branch = BRANCH.matcher(text);
        List<InetSocketAddress> now = routers;
        int hash = branch.find() ? branch.group(1).hashCode() * 0x9E3779B9 : 0;
        return now.get(Math.floorMod(hash >>> 16, now.size()));
    }

    /** The socket by which answers to a caller come back. */
    private DatagramSocket back(SocketAddress caller) throws SocketException {
        DatagramSocket known = backs.get(caller);
        if (known != null) {
            return known;
        }
        DatagramSocket made = open(0);
        backs.put(caller, made);
        begin("switch, back to " + caller, () -> answer(made, caller));
        return made;
    }

    private void answer(DatagramSocket back, SocketAddress caller) {
        DatagramPacket packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        while (!back.isClosed()) {
            try {
                packet.setLength(MOST_BYTES);
                back.receive(packet);
                packet.setSocketAddress(caller);
                front.send(packet);
            } catch (IOException closedOrLost) {
                // as above
            }
        }
    }

    @Override
    public void close() {
        front.close();
        backs.values().forEach(DatagramSocket::close);
    }
}
