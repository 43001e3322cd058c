package io.tandemsip.examples.ownnexthop;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Calls through a proxy, one thing after the other. Confined to one thread. */
public final class TestCaller implements AutoCloseable {
    private static final int REPEAT_MILLIS = 500;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final DatagramSocket socket;
    private final int proxyPort;

    /**
     * A caller.
     *
     * @param proxyPort where its calls go
     * @throws IOException if there is no port
     */
    public TestCaller(int proxyPort) throws IOException {
        this.proxyPort = proxyPort;
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(REPEAT_MILLIS);
    }

    /**
     * A call that was answered, or refused.
     *
     * @param status the final status
     * @param id its Call-ID
     * @param answer the final response
     */
    public record Call(int status, String id, String answer) {
        /**
         * Who answered.
         *
         * @return the node's name; empty if it was refused
         */
        public String node() {
            return contact().replaceAll("<sip:(.*)@.*", "$1");
        }

        String contact() {
            return SipLines.value(answer, "Contact");
        }
    }

    /**
     * Calls.
     *
     * @return as it was answered
     * @throws IOException if it was not
     */
    public Call call() throws IOException {
        String id = "call-" + NUMBERS.incrementAndGet();
        String answer = exchange(request("INVITE", "sip:b@127.0.0.1:" + proxyPort, id, 1, "<sip:b@example.org>", ""));
        Call call = new Call(Integer.parseInt(answer.substring(8, 11)), id, answer);
        if (call.status() == 200) {
            send(within("ACK", 1, call));
        }
        return call;
    }

    /**
     * Asks within a call.
     *
     * @param method BYE or INFO
     * @param cseq more than 1, and another one each time
     * @param call one that is up
     * @return the final status
     * @throws IOException if there was no answer
     */
    public int ask(String method, int cseq, Call call) throws IOException {
        return Integer.parseInt(exchange(within(method, cseq, call)).substring(8, 11));
    }

    private String within(String method, int cseq, Call call) {
        StringBuilder routes = new StringBuilder();
        SipLines.values(call.answer(), "Record-Route")
                .forEach(each -> routes.append("Route: ").append(each).append("\r\n"));
        String uri = call.contact().replaceAll("[<>]", "");
        return request(method, uri, call.id(), cseq, SipLines.value(call.answer(), "To"), routes.toString());
    }

    private String request(String method, String uri, String id, int cseq, String to, String more) {
        String own = "127.0.0.1:" + socket.getLocalPort();
        return method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + own + ";branch=z9hG4bK" + id + '-' + cseq + method
                + "\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.org>;tag=a" + id + "\r\nTo: " + to + "\r\nCall-ID: "
                + id
                + "\r\nCSeq: " + cseq + ' ' + method + "\r\nContact: <sip:a@" + own + ">\r\n" + more
                + "Content-Length: 0\r\n\r\n";
    }

    private void send(String request) throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), proxyPort));
    }

    /** Sends, again while nothing comes, and waits for the final answer. */
    private String exchange(String request) throws IOException {
        String cseq = SipLines.value(request, "CSeq");
        boolean heard = false;
        for (int waited = 0; waited < PATIENCE_MILLIS; waited += REPEAT_MILLIS) {
            if (!heard) {
                send(request);
            }
            for (String got = receive(); !got.isEmpty(); got = receive()) {
                boolean mine = SipLines.value(got, "CSeq").equals(cseq)
                        && SipLines.value(got, "Call-ID").equals(SipLines.value(request, "Call-ID"));
                heard |= mine;
                if (mine && got.charAt(8) != '1') {
                    return got;
                }
            }
        }
        throw new IOException("no answer to " + cseq);
    }

    private String receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            socket.receive(packet);
            return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        } catch (SocketTimeoutException nothing) {
            return "";
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
