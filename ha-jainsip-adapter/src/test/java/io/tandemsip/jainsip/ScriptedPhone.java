package io.tandemsip.jainsip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A user agent by UDP with any number of calls, which checks the tags of what it is sent. Thread-safe. */
final class ScriptedPhone implements AutoCloseable {
    private static final String SDP =
            "v=0\r\no=probe 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 101\r\n";

    final Queue<WireMessage> requests = new ConcurrentLinkedQueue<>();
    private final DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
    private final InetSocketAddress proxy;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, CompletableFuture<WireMessage>> asked = new ConcurrentHashMap<>();
    private final Map<String, Call> calls = new ConcurrentHashMap<>();

    /** One call. */
    static final class Call {
        final String callId;
        final String own;
        volatile String far;
        volatile List<String> routes = List.of();
        volatile String firstTarget = "";
        volatile String target = "";
        final AtomicInteger cseq = new AtomicInteger(1);
        final AtomicInteger acks = new AtomicInteger();

        Call(String callId, String own, String far) {
            this.callId = callId;
            this.own = own;
            this.far = far;
        }
    }

    ScriptedPhone(int proxyPort) throws IOException {
        proxy = new InetSocketAddress("127.0.0.1", proxyPort);
        socket.setReceiveBufferSize(4 * 1024 * 1024);
        Thread thread = new Thread(this::serve, "phone");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private String uri() {
        return "sip:probe@127.0.0.1:" + socket.getLocalPort();
    }

    /** A call that is up. */
    Call call() throws Exception {
        CompletableFuture<WireMessage> answer = new CompletableFuture<>();
        Call call = begin(answer);
        WireMessage ok = answer.get(10, TimeUnit.SECONDS);
        if (ok.status() != 200) {
            throw new IllegalStateException(ok.text());
        }
        return call;
    }

    /** Begins a call; what is final comes later. */
    Call begin(CompletableFuture<WireMessage> answer) {
        int number = numbers.incrementAndGet();
        String callId = "call-" + number + "-" + socket.getLocalPort();
        String from = "<sip:probe@127.0.0.1>;tag=c" + number + "x" + socket.getLocalPort();
        String to = "<sip:park@127.0.0.1:" + proxy.getPort() + ">";
        Call call = new Call(callId, from, to);
        calls.put(callId, call);
        StringBuilder invite = new StringBuilder("INVITE sip:park@127.0.0.1:" + proxy.getPort() + " SIP/2.0\r\n");
        invite.append(
                "Via: SIP/2.0/UDP 127.0.0.1:" + socket.getLocalPort() + ";branch=z9hG4bKc" + number + ";rport\r\n");
        invite.append("Max-Forwards: 70\r\nFrom: " + from + "\r\nTo: " + to + "\r\nCall-ID: " + callId);
        invite.append("\r\nCSeq: 1 INVITE\r\nContact: <" + uri() + ">\r\n");
        ask(WireMessage.end(invite, SDP)).thenAccept(ok -> {
            if (ok.status() < 300) {
                call.far = ok.header("To");
                List<String> routes = new ArrayList<>(ok.routes());
                java.util.Collections.reverse(routes);
                call.routes = routes;
                call.firstTarget = ok.contactUri();
                call.target = ok.contactUri();
                send(request(call, "ACK", 1, call.target));
            }
            answer.complete(ok);
        });
        return call;
    }

    /** A request within a dialog. */
    CompletableFuture<WireMessage> ask(Call call, String method, String requestUri) {
        return ask(request(call, method, call.cseq.incrementAndGet(), requestUri))
                .thenApply(answer -> {
                    if (method.equals("INVITE") && answer.status() < 300) {
                        send(request(call, "ACK", call.cseq.get(), requestUri));
                    }
                    return answer;
                });
    }

    private String request(Call call, String method, int number, String requestUri) {
        StringBuilder request = new StringBuilder(method + " " + requestUri + " SIP/2.0\r\n");
        request.append("Via: SIP/2.0/UDP 127.0.0.1:" + socket.getLocalPort());
        request.append(";branch=z9hG4bK" + method + call.callId + number + ";rport\r\nMax-Forwards: 70\r\n");
        call.routes.forEach(route -> request.append("Route: ").append(route).append("\r\n"));
        request.append("From: " + call.own + "\r\nTo: " + call.far + "\r\nCall-ID: " + call.callId);
        request.append("\r\nCSeq: " + number + " " + method + "\r\nContact: <" + uri() + ">\r\n");
        return WireMessage.end(request, method.equals("INVITE") ? SDP : "");
    }

    private CompletableFuture<WireMessage> ask(String request) {
        WireMessage message = new WireMessage(request);
        CompletableFuture<WireMessage> answer = new CompletableFuture<>();
        asked.put(message.callId() + message.cseq(), answer);
        send(request);
        return answer;
    }

    private void send(String message) {
        send(message, proxy);
    }

    private void send(String message, java.net.SocketAddress to) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void serve() {
        byte[] buffer = new byte[65_535];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                WireMessage message =
                        new WireMessage(new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8));
                if (!message.isResponse()) {
                    requests.add(message);
                    String answer = answer(message);
                    if (!answer.isEmpty()) {
                        send(answer, packet.getSocketAddress());
                    }
                } else if (message.status() >= 200) {
                    CompletableFuture<WireMessage> waits = asked.get(message.callId() + message.cseq());
                    if (waits != null) {
                        waits.complete(message);
                    }
                }
            } catch (IOException | UncheckedIOException closed) {
                if (socket.isClosed()) {
                    return;
                }
            }
        }
    }

    private String answer(WireMessage request) {
        Call call = calls.get(request.callId());
        if (request.method().equals("ACK")) {
            if (call != null) {
                call.acks.incrementAndGet();
            }
            return "";
        }
        List<String> contact = List.of("Contact: <" + uri() + ">");
        if (call == null
                && request.method().equals("INVITE")
                && request.tag("To").isEmpty()) {
            Call called = new Call(request.callId(), request.header("To") + ";tag=callee", request.header("From"));
            called.routes = request.routes();
            called.firstTarget = request.contactUri();
            called.target = request.contactUri();
            calls.put(request.callId(), called);
            return request.response("200 OK", "callee", contact, SDP);
        }
        boolean known = call != null
                && call.own.endsWith("tag=" + request.tag("To"))
                && call.far.endsWith("tag=" + request.tag("From"));
        if (!known) {
            return request.response("481 Call/Transaction Does Not Exist", "", List.of(), "");
        }
        if (request.method().equals("INVITE")) {
            call.target = request.contactUri();
            return request.response("200 OK", "", contact, SDP);
        }
        if (request.method().equals("BYE")) {
            calls.remove(request.callId());
        }
        return request.response("200 OK", "", List.of(), "");
    }

    Call callOf(String callId) {
        return calls.get(callId);
    }

    @Override
    public void close() {
        socket.close();
    }
}
