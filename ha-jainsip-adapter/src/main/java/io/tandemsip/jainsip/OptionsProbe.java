package io.tandemsip.jainsip;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.sip.ListeningPoint;
import javax.sip.PeerUnavailableException;
import javax.sip.ResponseEvent;
import javax.sip.SipProvider;
import javax.sip.header.Header;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;

/**
 * Asks a node with OPTIONS, over the host's own provider: from the same address and by the same transport as its calls,
 * so that what holds for the probe holds for them.
 *
 * <p>Guarantees: one request per probe, without transaction and so without repetition; an answer is told by its branch
 * and never reaches the host's code. {@link HaProxy} takes the answers out by itself; a host with a listener of its own
 * calls {@link #consumes} first in its {@code processResponse}. A node with the attribute {@value #IDENTITY} must name
 * it in Server or User-Agent. Proved by {@code HealthProbeContract}. Thread-safe.
 */
public final class OptionsProbe implements HealthProbe {
    /** The node attribute that says what a node's Server or User-Agent must contain. */
    public static final String IDENTITY = "identity";

    private static final Map<String, Pending> PENDING = new ConcurrentHashMap<>();

    private final SipProvider provider;
    private final ProbeMessages messages;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(daemon("tandem-options"));
    private final ExecutorService senders = Executors.newCachedThreadPool(daemon("tandem-options-send"));

    private OptionsProbe(SipProvider provider) throws PeerUnavailableException {
        this.provider = provider;
        this.messages = new ProbeMessages();
    }

    /**
     * A probe over a provider.
     *
     * @param provider the host's, with a listening point for each transport that nodes are reached by
     * @return the probe
     * @throws IllegalStateException if there is no JAIN-SIP implementation
     */
    public static OptionsProbe over(SipProvider provider) {
        try {
            return new OptionsProbe(Objects.requireNonNull(provider, "provider"));
        } catch (PeerUnavailableException missing) {
            throw new IllegalStateException("no JAIN-SIP implementation; expected gov.nist", missing);
        }
    }

    /**
     * Takes an answer to a probe out of the responses that a listener gets.
     *
     * @param event what the listener got
     * @return true if it was one, also one that came too late; the listener has nothing more to do with it
     */
    public static boolean consumes(ResponseEvent event) {
        String branch = SipText.branch(event.getResponse());
        if (!branch.startsWith(ProbeMessages.PREFIX)) {
            return false;
        }
        Pending pending = PENDING.remove(branch);
        if (pending != null) {
            pending.answer(event.getResponse());
        }
        return true;
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        Pending pending = new Pending(node, System.nanoTime());
        try {
            ListeningPoint point = pointFor(node)
                    .orElseThrow(() -> new IllegalStateException(
                            "no listening point for " + node.destination().transport()));
            Request request = messages.options(node.destination(), point);
            String branch = SipText.branch(request);
            PENDING.put(branch, pending);
            ScheduledFuture<?> expiry =
                    timer.schedule(() -> expire(branch, timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
            pending.expiry = expiry;
            senders.execute(() -> send(branch, request));
        } catch (Exception local) {
            pending.end(new ProbeResult.LocalError(String.valueOf(local.getMessage())));
        }
        return pending.result.minimalCompletionStage();
    }

    private Optional<ListeningPoint> pointFor(Node node) {
        for (ListeningPoint point : provider.getListeningPoints()) {
            if (point.getTransport()
                    .equalsIgnoreCase(node.destination().transport().name())) {
                return Optional.of(point);
            }
        }
        return Optional.empty();
    }

    private void send(String branch, Request request) {
        try {
            provider.sendRequest(request);
        } catch (Throwable notSent) { // a probe never throws
            Pending pending = PENDING.remove(branch);
            if (pending != null) {
                pending.end(unsent(notSent));
            }
        }
    }

    private static ProbeResult unsent(Throwable notSent) {
        for (Throwable cause = notSent; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return new ProbeResult.Refused(String.valueOf(cause.getMessage()));
            }
        }
        return new ProbeResult.LocalError(String.valueOf(notSent.getMessage()));
    }

    private static void expire(String branch, Duration timeout) {
        Pending pending = PENDING.remove(branch);
        if (pending != null) {
            pending.end(new ProbeResult.NoAnswer(timeout));
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        senders.shutdownNow();
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** A probe that waits for its answer. */
    private static final class Pending {
        private final CompletableFuture<ProbeResult> result = new CompletableFuture<>();
        private final Node node;
        private final long sentNanos;
        private volatile @Nullable ScheduledFuture<?> expiry;

        Pending(Node node, long sentNanos) {
            this.node = node;
            this.sentNanos = sentNanos;
        }

        void answer(Response response) {
            end(resultOf(response, Duration.ofNanos(System.nanoTime() - sentNanos)));
        }

        void end(ProbeResult found) {
            ScheduledFuture<?> timer = expiry;
            if (timer != null) {
                timer.cancel(false);
            }
            result.complete(found);
        }

        private ProbeResult resultOf(Response response, Duration roundTrip) {
            String expected = SipText.orEmpty(node.attributes().get(IDENTITY));
            String found = product(response);
            if (!expected.isEmpty() && !found.toLowerCase(Locale.ROOT).contains(expected.toLowerCase(Locale.ROOT))) {
                return new ProbeResult.WrongIdentity(expected, found);
            }
            int status = response.getStatusCode();
            return status == Response.SERVICE_UNAVAILABLE
                    ? new ProbeResult.Overloaded(SipText.retryAfter(response), NodeReport.NONE)
                    : new ProbeResult.Alive(roundTrip, NodeReport.NONE);
        }

        private static String product(Response response) {
            Header server = response.getHeader("Server");
            Header header = server == null ? response.getHeader("User-Agent") : server;
            return header == null
                    ? ""
                    : header.toString()
                            .substring(header.toString().indexOf(':') + 1)
                            .trim();
        }
    }
}
