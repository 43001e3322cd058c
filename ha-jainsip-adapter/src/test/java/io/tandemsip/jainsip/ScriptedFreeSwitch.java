package io.tandemsip.jainsip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A FreeSWITCH by UDP, as one of version 1.10.12 was seen to behave: how it answers, calls out, and recovers the calls of another from
 * the rows that both share. A leg has a row as soon as it is up. Thread-safe.
 */
final class ScriptedFreeSwitch implements AutoCloseable {
    private static final int AT_ONCE = 20;

    final String name;
    final InetSocketAddress address;
    final Queue<WireMessage> requests = new ConcurrentLinkedQueue<>();
    private final InetSocketAddress proxy;
    private final Map<String, Leg> legs = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<WireMessage>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Semaphore places = new Semaphore(AT_ONCE);
    private volatile boolean rings;
    private volatile DatagramSocket socket;

    /** One leg, and what its row has of it. */
    record Leg(
            String callId,
            String own,
            String far,
            String farUri,
            List<String> routes,
            String via,
            AtomicInteger cseq) {}

    ScriptedFreeSwitch(String name, String host, int port, int proxyPort) throws IOException {
        this.name = name;
        this.proxy = new InetSocketAddress("127.0.0.1", proxyPort);
        socket = bound(new InetSocketAddress(host, port));
        address = (InetSocketAddress) socket.getLocalSocketAddress();
        serve();
    }

    private static DatagramSocket bound(InetSocketAddress at) throws IOException {
        DatagramSocket made = new DatagramSocket(at);
        made.setReceiveBufferSize(4 * 1024 * 1024);
        return made;
    }

    String hostAndPort() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** From now on a new call rings and is not answered. */
    void ring() {
        rings = true;
    }

    Collection<Leg> rows() {
        return List.copyOf(legs.values());
    }

    /** SIGSTOP, as a router sees it that gets ICMP for it. */
    void freeze() {
        socket.close();
    }

    /** SIGCONT: all its calls are up, as far as it knows. */
    void wake() throws IOException {
        socket = bound(address);
        serve();
    }

    @Override
    public void close() {
        socket.close();
    }

    // --- what comes

    private void serve() {
        DatagramSocket mine = socket;
        Thread thread = new Thread(() -> serve(mine), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(DatagramSocket mine) {
        byte[] buffer = new byte[65_535];
        while (!mine.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                mine.receive(packet);
                WireMessage message =
                        new WireMessage(new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8));
                if (message.isResponse()) {
                    answered(message);
                } else {
                    requests.add(message);
                    String answer = answer(message);
                    if (!answer.isEmpty()) {
                        send(answer, (InetSocketAddress) packet.getSocketAddress());
                    }
                }
            } catch (IOException | UncheckedIOException closed) {
                if (mine.isClosed()) {
                    return;
                }
            }
        }
    }

    private String answer(WireMessage request) {
        if (request.method().equals("ACK")) {
            return "";
        }
        List<String> agent = List.of("User-Agent: " + name);
        if (request.tag("To").isEmpty()) {
            return switch (request.method()) {
                case "INVITE" -> rings ? request.response("180 Ringing", name + "r", agent, "") : accept(request);
                case "CANCEL", "OPTIONS" -> request.response("200 OK", name, agent, "");
                default -> request.response("405 Method Not Allowed", name, agent, "");
            };
        }
        Leg leg = legs.get(request.callId());
        boolean known = leg != null
                && leg.own().contains(request.tag("To"))
                && leg.far().contains(request.tag("From"));
        if (!known) {
            return request.response("481 Call Does Not Exist", "", agent, "");
        }
        if (request.method().equals("BYE")) {
            legs.remove(request.callId());
        }
        boolean invites = request.method().equals("INVITE");
        return request.response("200 OK", "", invites ? contact("park") : agent, invites ? sdp() : "");
    }

    private String accept(WireMessage invite) {
        String tag = name + "t" + numbers.incrementAndGet();
        legs.put(
                invite.callId(),
                new Leg(
                        invite.callId(),
                        invite.header("To") + ";tag=" + tag,
                        invite.header("From"),
                        invite.contactUri(),
                        invite.routes(),
                        "",
                        new AtomicInteger(123_157_788)));
        return invite.response("200 OK", tag, contact("park"), sdp());
    }

    private List<String> contact(String user) {
        return List.of("Contact: <sip:" + user + "@" + hostAndPort() + ";transport=udp>", "User-Agent: " + name);
    }

    private String sdp() {
        String host = address.getAddress().getHostAddress();
        return "v=0\r\no=FreeSWITCH 1 2 IN IP4 " + host + "\r\ns=FreeSWITCH\r\nc=IN IP4 " + host
                + "\r\nt=0 0\r\nm=audio 21174 RTP/AVP 0 101 13\r\n";
    }

    private void answered(WireMessage response) {
        CompletableFuture<WireMessage> waits =
                response.status() < 200 ? null : asked.get(response.callId() + response.cseq() + branch(response));
        if (waits != null) {
            waits.complete(response);
        }
    }

    private static String branch(WireMessage message) {
        String via = message.header("Via");
        return via.substring(via.indexOf("branch=") + 7).split("[;, ]")[0];
    }

    // --- what it sends by itself

    /** Calls somebody through the proxy; done when that one has answered. */
    Leg callOut(String user, InetSocketAddress callee) throws Exception {
        String callId = name + "-out-" + numbers.incrementAndGet();
        String from = "\"probe\" <sip:probe@" + address.getAddress().getHostAddress() + ">;tag=vpc" + callId;
        String to = "<sip:" + user + "@" + callee.getAddress().getHostAddress() + ":" + callee.getPort() + ">";
        String via = "SIP/2.0/UDP " + hostAndPort() + ";rport;branch=z9hG4bKorig" + callId;
        StringBuilder invite = new StringBuilder("INVITE " + to.substring(1, to.length() - 1) + " SIP/2.0\r\n");
        invite.append("Via: ").append(via).append("\r\n");
        invite.append("Route: <sip:127.0.0.1:" + proxy.getPort() + ">;lr\r\nMax-Forwards: 69\r\n");
        invite.append("From: " + from + "\r\nTo: " + to + "\r\nCall-ID: " + callId + "\r\nCSeq: 123157836 INVITE\r\n");
        invite.append("Contact: <sip:mod_sofia@" + hostAndPort() + ">\r\nUser-Agent: " + name + "\r\n");
        WireMessage answer = ask(WireMessage.end(invite, sdp())).get(10, TimeUnit.SECONDS);
        List<String> routes = new ArrayList<>(answer.routes());
        Collections.reverse(routes);
        String received = ";received=" + address.getAddress().getHostAddress() + ";rport=" + address.getPort();
        Leg leg = new Leg(
                callId,
                from,
                answer.header("To"),
                answer.contactUri(),
                routes,
                via.replace(";rport", received),
                new AtomicInteger(123_157_836));
        acknowledge(leg, "123157836");
        legs.put(callId, leg);
        return leg;
    }

    /** {@code sofia profile external recover}: a re-INVITE for each leg; what is accepted is its own from then on. */
    List<CompletableFuture<WireMessage>> recover(Collection<Leg> rows) throws InterruptedException {
        List<CompletableFuture<WireMessage>> answers = new ArrayList<>();
        for (Leg row : rows) {
            places.acquire();
            CompletableFuture<WireMessage> answer = reinvite(row, row.own());
            answer.orTimeout(20, TimeUnit.SECONDS).whenComplete((response, failure) -> places.release());
            answers.add(answer.thenApply(response -> recovered(row, response)));
        }
        return answers;
    }

    /** From a row without its tag, since no ACK came to the dead node: with a tag that is not the dialog's. */
    CompletableFuture<WireMessage> recoverWithForeignTag(Leg row) {
        return reinvite(row, row.own().replaceAll(";tag=.*", ";tag=HDpm53ZrB312r"));
    }

    private WireMessage recovered(Leg row, WireMessage response) {
        String number = response.cseq().split(" ")[0];
        if (response.status() < 300) {
            legs.put(row.callId(), row);
            acknowledge(row, number);
        }
        return response;
    }

    private CompletableFuture<WireMessage> reinvite(Leg row, String own) {
        String number = String.valueOf(row.cseq().addAndGet(2));
        StringBuilder invite =
                head(row, own, "INVITE", number, viaOf(row, "z9hG4bK2Deg" + name + row.callId() + number));
        invite.append("Contact: <sip:" + user(row) + "@" + hostAndPort() + ">\r\n");
        invite.append("Supported: timer, path, replaces\r\nContent-Disposition: session\r\n");
        return ask(WireMessage.end(invite, sdp()));
    }

    /** A request within a dialog. */
    CompletableFuture<WireMessage> inDialog(Leg leg, String method) {
        String number = String.valueOf(leg.cseq().incrementAndGet());
        String branch = "z9hG4bK" + name + leg.callId() + number;
        String via = method.equals("BYE") && !leg.via().isEmpty() ? leg.via() : viaOf(leg, branch);
        return ask(WireMessage.end(head(leg, leg.own(), method, number, via), ""));
    }

    /** A leg that the dead node called out by names that one still. */
    private String viaOf(Leg row, String branch) {
        return row.via().isEmpty()
                ? "SIP/2.0/UDP " + hostAndPort() + ";rport;branch=" + branch
                : row.via().replaceAll("branch=.*", "branch=" + branch);
    }

    private static String user(Leg row) {
        return row.farUri().replaceAll("^sip:|@.*", "");
    }

    /** The Record-Route in it is no mistake: FreeSWITCH repeats its route set so. */
    private StringBuilder head(Leg leg, String own, String method, String number, String via) {
        StringBuilder request = new StringBuilder(method + " " + leg.farUri() + " SIP/2.0\r\nVia: " + via + "\r\n");
        leg.routes().forEach(route -> request.append("Route: ").append(route).append("\r\n"));
        leg.routes()
                .forEach(route -> request.append("Record-Route: ").append(route).append("\r\n"));
        request.append("Max-Forwards: 70\r\nFrom: " + own + "\r\nTo: " + leg.far() + "\r\nCall-ID: " + leg.callId());
        return request.append("\r\nCSeq: " + number + " " + method + "\r\nUser-Agent: " + name + "\r\n");
    }

    private void acknowledge(Leg leg, String number) {
        String via = "SIP/2.0/UDP " + hostAndPort() + ";rport;branch=z9hG4bKack" + name + leg.callId() + number;
        send(WireMessage.end(head(leg, leg.own(), "ACK", number, via), ""), proxy);
    }

    private CompletableFuture<WireMessage> ask(String request) {
        WireMessage message = new WireMessage(request);
        CompletableFuture<WireMessage> answer = new CompletableFuture<>();
        asked.put(message.callId() + message.cseq() + branch(message), answer);
        send(request, proxy);
        return answer;
    }

    private void send(String message, InetSocketAddress to) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** A port that is free at each of these addresses. */
    static int freePort(String... hosts) throws IOException {
        for (int i = 0; i < 50; i++) {
            try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(hosts[0], 0))) {
                int port = probe.getLocalPort();
                for (int j = 1; j < hosts.length; j++) {
                    new DatagramSocket(new InetSocketAddress(InetAddress.getByName(hosts[j]), port)).close();
                }
                return port;
            } catch (java.net.BindException taken) {
                Thread.onSpinWait();
            }
        }
        throw new IOException("no port is free at all of " + List.of(hosts));
    }
}
