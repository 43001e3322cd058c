package io.tandemsip.examples.ownnexthop;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A SIP server that takes every call, knows its own dialogs only, and can be killed. Thread-safe. */
public final class TestNode implements AutoCloseable {
    private final String name;
    private final DatagramSocket socket;
    private final Set<String> calls = ConcurrentHashMap.newKeySet();
    private final AtomicInteger strangers = new AtomicInteger();

    /**
     * Begins to serve.
     *
     * @param name what its Contact and its tags say
     * @throws IOException if there is no port
     */
    public TestNode(String name) throws IOException {
        this.name = name;
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Its address.
     *
     * @return a SIP URI
     */
    public String uri() {
        return "sip:127.0.0.1:" + socket.getLocalPort();
    }

    /**
     * How many calls are up.
     *
     * @return now
     */
    public int calls() {
        return calls.size();
    }

    /**
     * How many requests came for dialogs of others.
     *
     * @return so far
     */
    public int strangers() {
        return strangers.get();
    }

    private void serve() {
        byte[] buffer = new byte[65_535];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                take(new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8), packet);
            } catch (IOException killed) {
                return;
            }
        }
    }

    private void take(String request, DatagramPacket from) throws IOException {
        String method = request.substring(0, request.indexOf(' '));
        String call = SipLines.value(request, "Call-ID");
        switch (method) {
            case "INVITE" -> {
                calls.add(call);
                answer(request, "180 Ringing", from);
                answer(request, "200 OK", from);
            }
            case "ACK" -> count(calls.contains(call));
            case "BYE" -> answer(request, known(calls.remove(call)), from);
            case "INFO" -> answer(request, known(calls.contains(call)), from);
            default -> answer(request, "200 OK", from);
        }
    }

    private String known(boolean isOwn) {
        count(isOwn);
        return isOwn ? "200 OK" : "481 Call/Transaction Does Not Exist";
    }

    private void count(boolean isOwn) {
        if (!isOwn) {
            strangers.incrementAndGet();
        }
    }

    private void answer(String request, String status, DatagramPacket from) throws IOException {
        String contact = "Contact: <sip:" + name + '@' + uri().substring(4) + ">\r\n";
        byte[] bytes = SipLines.response(request, status, name, contact).getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, from.getSocketAddress()));
    }

    /** Dies as a process does: silent from one moment to the next. */
    public void kill() {
        socket.close();
    }

    @Override
    public void close() {
        kill();
    }
}
