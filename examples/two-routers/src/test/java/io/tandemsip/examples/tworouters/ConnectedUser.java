package io.tandemsip.examples.tworouters;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A registered user at an address where nobody else gets: what is meant for him comes by the one connection that he opened, or
 * not at all. Takes messages of MESSAGE by itself. Confined to one thread.
 */
final class ConnectedUser implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final String SENT_BY = "192.0.2.9:5099";

    private final String user;
    private final String domain;
    private final Socket connection;
    private final BlockingQueue<Wire> received = new LinkedBlockingQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();

    /**
     * Connects.
     *
     * @param user the user's name
     * @param domain of the address of record
     * @param router the listening point of the proxy that becomes the user's edge
     */
    ConnectedUser(String user, String domain, InetSocketAddress router) throws IOException {
        this.user = user;
        this.domain = domain;
        connection = new Socket(router.getAddress(), router.getPort());
        Thread thread = new Thread(this::read, "user " + user);
        thread.setDaemon(true);
        thread.start();
    }

    String addressOfRecord() {
        return "sip:" + user + '@' + domain;
    }

    String contact() {
        return "sip:" + user + '@' + SENT_BY + ";transport=tcp";
    }

    private void read() {
        try {
            InputStream in = connection.getInputStream();
            StringBuilder text = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                text.append((char) next);
                if (next == '\n' && text.toString().endsWith("\r\n\r\n")) {
                    Wire head = new Wire(text.toString().stripLeading());
                    int length = Integer.parseInt(head.header("Content-Length"));
                    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                    take(new Wire(head.text() + body));
                    text.setLength(0);
                }
            }
        } catch (IOException closed) {
            // the test sees that nothing comes any more
        }
    }

    private void take(Wire message) throws IOException {
        if (!message.isResponse() && message.method().equals("MESSAGE")) {
            send(message.response("202 Accepted", "u", "", ""));
        } else {
            received.add(message);
        }
    }

    /** Asks for an expiry of all contacts or of this one; what is answered. */
    Wire register(String contact, int expires) throws Exception {
        StringBuilder request = head("REGISTER", "sip:" + domain, "reg-" + connection.getLocalPort());
        request.append("From: <").append(addressOfRecord()).append(">;tag=r\r\n");
        request.append("To: <").append(addressOfRecord()).append(">\r\n");
        request.append("Contact: ").append(contact).append("\r\nExpires: ").append(expires);
        request.append("\r\nSupported: path, outbound\r\n");
        String key = send(Wire.end(request, "")).key();
        return next(
                each -> each.isResponse() && each.status() >= 200 && each.key().equals(key));
    }

    /** The same of the contact that this one has. */
    Wire register(int expires) throws Exception {
        return register('<' + contact() + '>', expires);
    }

    private StringBuilder head(String method, String uri, String callId) {
        int number = numbers.incrementAndGet();
        return new StringBuilder(
                method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/TCP " + SENT_BY + ";branch=z9hG4bK" + user
                        + connection.getLocalPort() + 'n' + number + "\r\nMax-Forwards: 70\r\nCall-ID: " + callId
                        + "\r\nCSeq: " + number + ' ' + method + "\r\n");
    }

    /** Ends a call that he took, along its route set; what is answered. */
    Wire bye(Wire invite, String toTag) throws Exception {
        StringBuilder request = head("BYE", invite.contactUri(), invite.callId());
        invite.recordRoutes()
                .forEach(route -> request.append("Route: ").append(route).append("\r\n"));
        request.append("From: ").append(invite.header("To")).append(";tag=").append(toTag);
        request.append("\r\nTo: ").append(invite.header("From")).append("\r\n");
        String key = send(Wire.end(request, "")).key();
        return next(
                each -> each.isResponse() && each.status() >= 200 && each.key().equals(key));
    }

    synchronized Wire send(String message) throws IOException {
        connection.getOutputStream().write(message.getBytes(StandardCharsets.UTF_8));
        connection.getOutputStream().flush();
        return new Wire(message);
    }

    /** The next request of a method and a call; what else came before is passed over. */
    Wire next(String method, String callId) throws Exception {
        return next(each -> !each.isResponse()
                && each.method().equals(method)
                && each.callId().equals(callId));
    }

    private Wire next(Predicate<Wire> wanted) throws Exception {
        while (true) {
            Wire next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing comes to " + user);
            }
            if (wanted.test(next)) {
                return next;
            }
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
