package io.tandemsip.examples.b2bua;

import io.tandemsip.examples.ownnexthop.SipLines;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** A node that rings, and whose user takes the call in the moment in which it is cancelled. Thread-safe. */
final class LateNode implements AutoCloseable {
    final CountDownLatch acknowledged = new CountDownLatch(1);
    final CountDownLatch hungUp = new CountDownLatch(1);
    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private String invite = "";

    LateNode() throws IOException {
        Thread thread = new Thread(this::serve, "late-node");
        thread.setDaemon(true);
        thread.start();
    }

    String uri() {
        return "sip:127.0.0.1:" + socket.getLocalPort();
    }

    private void serve() {
        byte[] buffer = new byte[65_535];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                take(new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8), packet);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void take(String request, DatagramPacket from) throws IOException {
        switch (request.substring(0, request.indexOf(' '))) {
            case "INVITE" -> {
                invite = request;
                answer(request, "180 Ringing", from);
            }
            case "CANCEL" -> {
                answer(invite, "200 OK", from);
                answer(request, "200 OK", from);
            }
            case "ACK" -> acknowledged.countDown();
            case "BYE" -> {
                hungUp.countDown();
                answer(request, "200 OK", from);
            }
            default -> answer(request, "200 OK", from);
        }
    }

    private void answer(String request, String status, DatagramPacket from) throws IOException {
        byte[] bytes = SipLines.response(request, status, "late", "Contact: <" + uri() + ">\r\n")
                .getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, from.getSocketAddress()));
    }

    @Override
    public void close() {
        socket.close();
    }
}
