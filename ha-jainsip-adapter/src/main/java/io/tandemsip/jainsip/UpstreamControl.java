package io.tandemsip.jainsip;

import io.tandemsip.OverloadAdvice;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sip.SipException;
import javax.sip.header.RetryAfterHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Tells those who send to a proxy, and said that they understand it, how much less they are to send (RFC 7339). Thread-safe.
 *
 * <p>A rate is shared among the senders of the last ten seconds, of which it knows a thousand at most.
 */
final class UpstreamControl {
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_CLIENTS = 1_000;

    private final Supplier<OverloadAdvice> advice;
    private final LongSupplier nanoTime;
    private final Map<String, Long> clients = new ConcurrentHashMap<>();

    UpstreamControl(Supplier<OverloadAdvice> advice, LongSupplier nanoTime) {
        this.advice = advice;
        this.nanoTime = nanoTime;
    }

    /** The transaction of a request, such that each of its responses tells its sender. */
    ServerLeg telling(Request request, ServerLeg leg) {
        if (!(request.getHeader(ViaHeader.NAME) instanceof ViaHeader topmost)) {
            return leg;
        }
        Optional<Algorithm> offered = OverloadVia.offered(topmost);
        if (offered.isEmpty()) {
            return leg;
        }
        note(ListeningSides.key(topmost.getHost(), topmost.getPort()));
        Algorithm algorithm = offered.get();
        return new Telling(leg, algorithm);
    }

    /** The transaction of who takes part. */
    private final class Telling implements ServerLeg {
        private final ServerLeg leg;
        private final Algorithm algorithm;

        Telling(ServerLeg leg, Algorithm algorithm) {
            this.leg = leg;
            this.algorithm = algorithm;
        }

        @Override
        public void send(Response response) throws SipException {
            tell(response, algorithm);
            leg.send(response);
        }

        @Override
        public void refuse(Response response) throws SipException {
            tell(response, algorithm);
            leg.refuse(response);
        }
    }

    private void note(String client) {
        if (clients.containsKey(client) || clients.size() < MOST_CLIENTS) {
            clients.put(client, nanoTime.getAsLong());
        }
    }

    /** Who obeys overload control is not told to send nothing at all by Retry-After as well. */
    private void tell(Response response, Algorithm algorithm) {
        if (response.getHeader(ViaHeader.NAME) instanceof ViaHeader topmost) {
            OverloadVia.answer(topmost, advice.get().feedback(algorithm, Math.max(1, clients.size())));
            if (response.getStatusCode() == Response.SERVICE_UNAVAILABLE) {
                response.removeHeader(RetryAfterHeader.NAME);
            }
        }
    }

    /** Forgets who sent nothing for ten seconds. */
    void sweep(long nowNanos) {
        clients.values().removeIf(heardNanos -> nowNanos - heardNanos > SILENT_NANOS);
    }
}
