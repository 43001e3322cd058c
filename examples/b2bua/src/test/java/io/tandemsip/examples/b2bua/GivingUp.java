package io.tandemsip.examples.b2bua;

import io.tandemsip.examples.ownnexthop.SipLines;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/** A caller who gives up as soon as it rings. Confined to one thread. */
final class GivingUp implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final int port;

    GivingUp(int port) throws IOException {
        this.port = port;
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** The final status of the INVITE. */
    int call() throws IOException {
        send(request("INVITE", ""));
        await("INVITE", "180");
        send(request("CANCEL", ""));
        String answer = await("INVITE", "");
        send(request("ACK", SipLines.value(answer, "To").replaceAll(".*(;tag=.*)", "$1")));
        return Integer.parseInt(answer.substring(8, 11));
    }

    private String request(String method, String toTag) {
        return method + " sip:b@127.0.0.1:" + port + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + socket.getLocalPort()
                + ";branch=z9hG4bKgiveup\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.org>;tag=a\r\nTo: <sip:b@example.org>"
                + toTag + "\r\nCall-ID: give-up\r\nCSeq: 1 " + method + "\r\nContact: <sip:a@127.0.0.1:"
                + socket.getLocalPort() + ">\r\nContent-Length: 0\r\n\r\n";
    }

    private void send(String request) throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
    }

    /** A response of this status; a final one if empty. */
    private String await(String method, String status) throws IOException {
        while (true) {
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(packet);
            String got = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
            boolean isWanted = status.isEmpty() ? got.charAt(8) != '1' : got.startsWith(status, 8);
            if (isWanted && SipLines.value(got, "CSeq").endsWith(method)) {
                return got;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
