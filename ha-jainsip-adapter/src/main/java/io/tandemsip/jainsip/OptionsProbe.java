package io.tandemsip.jainsip;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.health.ProbeStatusMap;
import io.tandemsip.node.Node;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.sip.ListeningPoint;
import javax.sip.PeerUnavailableException;
import javax.sip.ResponseEvent;
import javax.sip.SipProvider;
import javax.sip.message.Request;

/**
 * Asks a node with OPTIONS, over the host's own provider: from the same address and by the same transport as its calls,
 * so that what holds for the probe holds for them.
 *
 * <p>Guarantees: one request per probe, without transaction and so without repetition; an answer is told by its branch
 * and never reaches the host's code. {@link HaProxy} takes the answers out by itself; a host with a listener of its own
 * calls {@link #consumes} first in its {@code processResponse}. A node with the attribute {@value #IDENTITY} must name
 * it in Server or User-Agent. Proved by {@code OptionsProbeContract}. Thread-safe.
 */
public final class OptionsProbe implements HealthProbe {
    /** The node attribute that says what a node's Server or User-Agent must contain. */
    public static final String IDENTITY = "identity";

    private static final Map<String, PendingProbe> PENDING = new ConcurrentHashMap<>();

    private final SipProvider provider;
    private final ProbeStatusMap statuses;
    private final ProbeMessages messages;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(daemon("tandem-options"));
    private final ExecutorService senders = Executors.newCachedThreadPool(daemon("tandem-options-send"));

    private OptionsProbe(SipProvider provider, ProbeStatusMap statuses) throws PeerUnavailableException {
        this.provider = provider;
        this.statuses = statuses;
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
        return over(provider, ProbeStatusMap.defaults());
    }

    /**
     * A probe over a provider.
     *
     * @param provider the host's, with a listening point for each transport that nodes are reached by
     * @param statuses what the status of an answer says
     * @return the probe
     * @throws IllegalStateException if there is no JAIN-SIP implementation
     */
    public static OptionsProbe over(SipProvider provider, ProbeStatusMap statuses) {
        try {
            return new OptionsProbe(
                    Objects.requireNonNull(provider, "provider"), Objects.requireNonNull(statuses, "statuses"));
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
        if (event.getResponse().getStatusCode() >= 200) {
            PendingProbe pending = PENDING.remove(branch);
            if (pending != null) {
                pending.answer(event.getResponse(), System.nanoTime());
            }
        }
        return true;
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        PendingProbe pending = new PendingProbe(this, node, statuses, System.nanoTime());
        try {
            ListeningPoint point = pointFor(node)
                    .orElseThrow(() -> new IllegalStateException(
                            "no listening point for " + node.destination().transport()));
            Request request = messages.options(node.destination(), point);
            begin(pending, SipText.branch(request), request, timeout);
        } catch (Exception local) { // a probe never throws
            pending.end(new ProbeResult.LocalError(String.valueOf(local.getMessage())));
        }
        return pending.result();
    }

    private void begin(PendingProbe pending, String branch, Request request, Duration timeout) {
        PENDING.put(branch, pending);
        try {
            pending.expiresBy(timer.schedule(
                    () -> end(branch, new ProbeResult.NoAnswer(timeout)), timeout.toNanos(), TimeUnit.NANOSECONDS));
            senders.execute(() -> send(branch, request));
        } catch (RejectedExecutionException closed) {
            end(branch, new ProbeResult.LocalError("the probe is closed"));
        }
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
            end(branch, unsent(notSent));
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

    private static void end(String branch, ProbeResult result) {
        PendingProbe pending = PENDING.remove(branch);
        if (pending != null) {
            pending.end(result);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        senders.shutdownNow();
        PENDING.forEach((branch, pending) -> {
            if (pending.isOf(this)) {
                end(branch, new ProbeResult.LocalError("the probe is closed"));
            }
        });
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
