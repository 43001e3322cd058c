package io.tandemsip.examples.tworouters;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A user agent with any number of calls, which checks the tags of what it is sent. Thread-safe. */
final class Phone implements AutoCloseable {
    private static final int MOST_SECONDS = 40;

    private final UdpAgent agent;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, Call> calls = new ConcurrentHashMap<>();

    /** One call; what the other side says of itself changes when another goes on with it. */
    static final class Call {
        final String callId;
        final String own;
        final String far;
        final List<String> routes;
        final String firstTarget;
        final AtomicInteger cseq = new AtomicInteger(1);
        volatile String target;
        volatile String media;

        Call(Wire ok) {
            callId = ok.callId();
            own = ok.header("From");
            far = ok.header("To");
            routes = ok.routes();
            firstTarget = ok.contactUri();
            target = firstTarget;
            media = ok.mediaAddress();
        }
    }

    Phone() throws IOException {
        agent = new UdpAgent(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this::answer);
    }

    private String contact() {
        return "Contact: <sip:probe@" + agent.hostAndPort() + ">\r\n";
    }

    /** A call that is up. */
    Call call(InetSocketAddress router) throws Exception {
        String id = "call-" + numbers.incrementAndGet() + "-" + agent.hostAndPort();
        StringBuilder invite = new StringBuilder("INVITE sip:park@127.0.0.1 SIP/2.0\r\n");
        invite.append("Via: SIP/2.0/UDP " + agent.hostAndPort() + ";rport;branch=z9hG4bK" + id.hashCode() + "\r\n");
        invite.append("Max-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1>;tag=c" + id.hashCode() + "\r\n");
        invite.append("To: <sip:park@127.0.0.1>\r\nCall-ID: " + id + "\r\nCSeq: 1 INVITE\r\n")
                .append(contact());
        Wire ok = agent.ask(Wire.end(invite, Wire.sdp("127.0.0.1")), router).get(MOST_SECONDS, TimeUnit.SECONDS);
        if (ok.status() != 200) {
            throw new IllegalStateException(ok.text());
        }
        Call call = new Call(ok);
        calls.put(id, call);
        agent.send(request(call, "ACK", 1, call.target), router);
        return call;
    }

    /** A request within a call; whoever answers it. */
    CompletableFuture<Wire> ask(Call call, String method, String requestUri, InetSocketAddress router) {
        int number = call.cseq.incrementAndGet();
        return agent.ask(request(call, method, number, requestUri), router).thenApply(answer -> {
            if (method.equals("INVITE") && answer.status() < 300) {
                agent.send(request(call, "ACK", number, requestUri), router);
            }
            return answer;
        });
    }

    private String request(Call call, String method, int number, String requestUri) {
        StringBuilder request = new StringBuilder(method + ' ' + requestUri + " SIP/2.0\r\n");
        request.append("Via: SIP/2.0/UDP " + agent.hostAndPort() + ";rport;branch=z9hG4bK" + method + number
                + call.callId.hashCode() + "\r\nMax-Forwards: 70\r\n");
        call.routes.forEach(route -> request.append("Route: ").append(route).append("\r\n"));
        request.append("From: " + call.own + "\r\nTo: " + call.far + "\r\nCall-ID: " + call.callId + "\r\n");
        request.append("CSeq: " + number + ' ' + method + "\r\n").append(contact());
        return Wire.end(request, method.equals("INVITE") ? Wire.sdp("127.0.0.1") : "");
    }

    private String answer(Wire request) {
        if (request.method().equals("ACK")) {
            return "";
        }
        Call call = calls.get(request.callId());
        boolean known = call != null
                && call.own.endsWith("tag=" + request.tag("To"))
                && call.far.endsWith("tag=" + request.tag("From"));
        if (!known) {
            return request.response("481 Call/Transaction Does Not Exist", "", "", "");
        }
        if (!request.method().equals("INVITE")) {
            return request.response("200 OK", "", "", "");
        }
        call.target = request.contactUri();
        call.media = request.mediaAddress();
        return request.response("200 OK", "", contact(), Wire.sdp("127.0.0.1"));
    }

    @Override
    public void close() {
        agent.close();
    }
}
