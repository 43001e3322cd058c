package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One call through {@link HaProxy} on a real stack and the real router, over loopback: a caller and three nodes, each of
 * which says what it is told to, when it is told to. Steps send without waiting for what they cause, so that the stack's
 * threads deal with them at the same time and in any order. Confined to one thread.
 */
final class ProxyWorld implements AutoCloseable {
    private static final int[] STATUSES = {100, 180, 183, 200, 404, 486, 487, 500, 503};
    private static final int NODES = 3;
    private static final int LAST_WORDS = 3;
    private static final AffinityKeys KEYS =
            AffinityKeys.of(1, "a key that every one of them signs by".getBytes(StandardCharsets.UTF_8));
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final String callId;
    private final int proxyPort;
    private final SipLine caller;
    private final List<SipLine> nodes = new ArrayList<>();
    private final HaRouter router;
    private final HaProxy proxy;
    /** Branches that a node sent a final response for. */
    private final Map<String, Integer> finals = new LinkedHashMap<>();

    private int cseq = 1;

    ProxyWorld(SipHost host, String callId) throws IOException {
        this.callId = callId;
        proxyPort = host.port;
        caller = new SipLine();
        for (int i = 0; i < NODES; i++) {
            nodes.add(new SipLine());
        }
        router = Tandem.builder()
                .pool("media", pool -> {
                    for (int i = 0; i < NODES; i++) {
                        pool.node("fs" + i, "sip:127.0.0.1:" + nodes.get(i).port());
                    }
                })
                .affinityKeys(KEYS)
                .probe((node, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .build()
                .start();
        proxy = new HaProxy(host.provider, router).start();
        await(
                () -> router.view().nodes().stream().allMatch(node -> node.health() == HealthState.HEALTHY),
                "the nodes are healthy");
    }

    private void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("in vain awaited: " + what + "; " + callId + ": " + proxy.pending()
                        + " pending, " + callsHeld() + " held, nodes answered " + finals + ", caller got "
                        + statuses());
            }
            LockSupport.parkNanos(500_000);
        }
    }

    private String request(String method, int number, String uri, String branch, String toTag, List<String> routes) {
        StringBuilder text = new StringBuilder(method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address()
                + ";branch=z9hG4bK" + callId + branch + "\r\n");
        routes.forEach(route -> text.append("Route: ").append(route).append("\r\n"));
        return text + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>"
                + (toTag.isEmpty() ? "" : ";tag=" + toTag) + "\r\nCall-ID: " + callId + "\r\nCSeq: " + number + ' '
                + method + "\r\nContact: <sip:" + caller.address()
                + ">\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    }

    /** The INVITE, or its retransmission. */
    void invite() throws IOException {
        caller.send(request("INVITE", 1, "sip:b@example.org", "i", "", List.of()), proxyPort);
    }

    void cancel() throws IOException {
        caller.send(request("CANCEL", 1, "sip:b@example.org", "i", "", List.of()), proxyPort);
    }

    /** One thing that may happen. */
    void step(int number) throws IOException {
        int times = number / 8 % 2 + 1;
        for (int i = 0; i < times; i++) {
            switch (number % 8) {
                case 0 -> invite();
                case 1 -> cancel();
                case 2 -> caller.answers().forEach(this::acknowledge);
                case 3 -> dialogs().forEach(answer -> within("INFO", answer));
                case 4 -> LockSupport.parkNanos(2_000_000);
                default -> answer(number / 16, STATUSES[number / 64 % STATUSES.length]);
            }
        }
    }

    /** A node says something to an INVITE that it got. */
    private void answer(int which, int status) throws IOException {
        SipLine node = nodes.get(which % NODES);
        List<String> invites = node.requests("INVITE");
        if (!invites.isEmpty()) {
            answer(node, invites.get(0), status);
        }
    }

    private void answer(SipLine node, String invite, int status) throws IOException {
        if (status >= 200) {
            finals.merge(SipLine.branch(invite), status, (first, later) -> first);
        }
        node.answer(invite, status);
    }

    private void acknowledge(String answer) {
        int status = SipLine.status(answer);
        if (status >= 300 && UdpPeer.header(answer, "CSeq").equals("1 INVITE")) {
            caller.sendQuietly(
                    request("ACK", 1, "sip:b@example.org", "i", SipLine.toTag(answer), List.of()), proxyPort);
        } else if (status >= 200 && UdpPeer.header(answer, "CSeq").equals("1 INVITE")) {
            within("ACK", answer);
        }
    }

    /** A request of the caller's in the dialog that a 2xx made. */
    private void within(String method, String answer) {
        int number = method.equals("ACK") ? 1 : ++cseq;
        String uri = UdpPeer.header(answer, "Contact").replaceAll("[<>]", "");
        List<String> routes = new ArrayList<>(SipLine.headers(answer, "Record-Route"));
        Collections.reverse(routes);
        caller.sendQuietly(request(method, number, uri, method + number, SipLine.toTag(answer), routes), proxyPort);
    }

    /** The first 2xx to the INVITE of each dialog. */
    private List<String> dialogs() {
        Map<String, String> byTag = new LinkedHashMap<>();
        caller.answers().stream()
                .filter(each -> SipLine.status(each) / 100 == 2
                        && UdpPeer.header(each, "CSeq").equals("1 INVITE"))
                .forEach(each -> byTag.putIfAbsent(SipLine.toTag(each), each));
        return List.copyOf(byTag.values());
    }

    private List<String> statuses() {
        return caller.answers().stream()
                .map(each -> SipLine.status(each) + " " + UdpPeer.header(each, "CSeq"))
                .toList();
    }

    /** Every node says no to what it has not answered; the caller acknowledges, and hangs up what was answered. */
    void end() {
        await(
                () -> {
                    refuseTheRest();
                    return statuses().stream().anyMatch(each -> each.matches("[2-6].. 1 INVITE"));
                },
                "an answer to the INVITE");
        caller.answers().forEach(this::acknowledge);
        List<String> hungUp = new ArrayList<>();
        await(
                () -> {
                    refuseTheRest();
                    for (String answer : dialogs()) {
                        if (!hungUp.contains(SipLine.toTag(answer))) {
                            hungUp.add(SipLine.toTag(answer));
                            within("ACK", answer);
                            within("BYE", answer);
                        }
                    }
                    long ended = statuses().stream()
                            .filter(each -> each.matches("[2-6].. [0-9]+ BYE"))
                            .distinct()
                            .count();
                    return ended == hungUp.size() && proxy.pending() == 0 && callsHeld() == 0;
                },
                "nothing is under way or held");
        for (int i = 0; i < LAST_WORDS; i++) {
            lastWord();
        }
    }

    /**
     * What was sent before is not in the port's queue any more when this has its answer: else the next call's proxy, at the same
     * port, would take a late copy of this call's INVITE for a new one.
     */
    private void lastWord() {
        int number = ++cseq;
        String answered = "483 " + number + " OPTIONS";
        caller.sendQuietly(
                request("OPTIONS", number, "sip:b@example.org", "last" + number, "", List.of())
                        .replace("Max-Forwards: 70", "Max-Forwards: 0"),
                proxyPort);
        await(() -> statuses().contains(answered) && proxy.pending() == 0, answered);
    }

    private void refuseTheRest() {
        for (SipLine node : nodes) {
            for (String invite : node.requests("INVITE")) {
                if (!finals.containsKey(SipLine.branch(invite))) {
                    try {
                        answer(node, invite, 487);
                    } catch (IOException broken) {
                        throw new AssertionError(broken);
                    }
                }
            }
        }
    }

    /**
     * P4. Nodes are looked at one after the other: a call that moves meanwhile is seen at both, and by the next look at one.
     */
    void holdsOnePlaceAtMost() {
        await(() -> callsHeld() <= 1, "one call, one place");
    }

    private int callsHeld() {
        return router.view().nodes().stream().mapToInt(NodeSnapshot::calls).sum();
    }

    long placed() {
        return router.statistics().placed();
    }

    long mishaps() {
        return proxy.mishaps();
    }

    /** By node: the branches of the INVITEs that it got. */
    List<List<String>> visits() {
        return nodes.stream()
                .map(node -> node.requests("INVITE").stream()
                        .map(SipLine::branch)
                        .distinct()
                        .toList())
                .toList();
    }

    /** Requests of a dialog that reached a node which did not make it. */
    List<String> strays() {
        List<String> strays = new ArrayList<>();
        for (SipLine node : nodes) {
            for (String method : List.of("INFO", "BYE")) {
                node.requests(method).stream()
                        .filter(each -> !SipLine.toTag(each).equals(node.tag()))
                        .forEach(strays::add);
            }
        }
        return strays;
    }

    @Override
    public void close() {
        proxy.close();
        router.close();
        caller.close();
        nodes.forEach(SipLine::close);
    }
}
