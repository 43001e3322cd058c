package io.tandemsip.jainsip;

import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Refuses what a proxy has no time for by what its bytes say, before it is parsed: 503 with Retry-After, after which nothing is kept (RFC
 * 3261 section 16.11, 8.2.7), and takes the ACK of it. Whatever is unusual passes, and is refused later on if it is to be. Thread-safe.
 */
final class EarlyRefusal implements DatagramScreen {
    private static final String REFUSAL = "SIP/2.0 503 Service Unavailable\r\n";

    private final OwnLoad load;
    private final RequestDraw draw;
    private final Known known;
    private final List<QueueProbe> probes;

    /** Who knows what was admitted, as {@link LightTransactions#knows}. */
    interface Known {
        /** Whether such a request came before. */
        boolean knows(String branch, String host, int port, String method);
    }

    /**
     * Begins with what the load says.
     *
     * @param load says how much to refuse
     * @param draw says which
     * @param known what was admitted before, which is not refused when it comes again
     * @param probes are never refused, else there was nothing to tell when it is over
     */
    EarlyRefusal(OwnLoad load, RequestDraw draw, Known known, List<QueueProbe> probes) {
        this.load = load;
        this.draw = draw;
        this.known = known;
        this.probes = List.copyOf(probes);
    }

    @Override
    public boolean turnsAway(DatagramPacket packet, Sender sender) throws IOException {
        if (load.shed() == 0) {
            return false;
        }
        Optional<RawRequest> read = RawRequest.of(packet);
        if (read.isEmpty()) {
            return false;
        }
        RawRequest request = read.get();
        if (request.isAck()) {
            return request.to().contains(";tag=" + Replies.SHED);
        }
        Optional<RawVia> via = request.isRefusable() ? request.via() : Optional.empty();
        return via.isPresent() && isRefused(request, via.get(), packet, sender);
    }

    private boolean isRefused(RawRequest request, RawVia via, DatagramPacket packet, Sender sender) throws IOException {
        String callId = request.callId();
        long number = draw.number(via.branch(), callId);
        if (!load.wouldRefuse(number)
                || known.knows(via.branch(), via.host(), via.port(), request.method())
                || probes.stream().anyMatch(probe -> probe.isOwn(callId))) {
            return false;
        }
        load.refused(number);
        String answer = REFUSAL
                + request.repeated(via.answered(packet.getAddress(), packet.getPort()))
                + ";tag="
                + Replies.SHED
                + Long.toString(number >>> 1, Character.MAX_RADIX)
                + "\r\nRetry-After: "
                + Replies.wholeSeconds(load.retryAfter())
                + "\r\nContent-Length: 0\r\n\r\n";
        byte[] bytes = answer.getBytes(StandardCharsets.ISO_8859_1);
        sender.send(new DatagramPacket(bytes, bytes.length, packet.getAddress(), via.answerPort(packet.getPort())));
        return true;
    }
}
