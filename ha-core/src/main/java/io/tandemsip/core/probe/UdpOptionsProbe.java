package io.tandemsip.core.probe;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.health.ProbeStatusMap;
import io.tandemsip.node.Node;
import io.tandemsip.node.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks nodes by OPTIONS (RFC 3261 section 11) over a connected UDP socket of its own for each probe: it needs no stack,
 * waits for no listener of the host, and sees at once when the node's host answers that nobody listens there (ICMP).
 * One daemon thread serves all nodes. Thread-safe.
 *
 * <p>A node with an attribute {@value #IDENTITY} is only taken for itself if its User-Agent or Server contains that
 * text. Nodes that are not reached over UDP get a {@link ProbeResult.LocalError}. Names are looked up by the caller's
 * thread.
 */
public final class UdpOptionsProbe implements HealthProbe {
    /** The node attribute that holds what User-Agent or Server must contain. */
    public static final String IDENTITY = "identity";

    private final ProbeStatusMap statuses;
    private final RandomGenerator random = new SecureRandom();
    private @Nullable Selector selector;
    private boolean closed;

    private UdpOptionsProbe(ProbeStatusMap statuses) {
        this.statuses = statuses;
    }

    /**
     * A probe with the default meaning of statuses.
     *
     * @return the probe; it opens nothing before it is used
     */
    public static UdpOptionsProbe create() {
        return create(ProbeStatusMap.defaults());
    }

    /**
     * A probe.
     *
     * @param statuses what the status of an answer says
     * @return the probe; it opens nothing before it is used
     */
    public static UdpOptionsProbe create(ProbeStatusMap statuses) {
        return new UdpOptionsProbe(Objects.requireNonNull(statuses, "statuses"));
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        if (node.destination().transport() != Transport.UDP) {
            return local("transport of node " + node.id() + ": "
                    + node.destination().transport() + "; this probe speaks UDP only");
        }
        InetSocketAddress address = new InetSocketAddress(
                node.destination().host(), node.destination().port());
        if (address.isUnresolved()) {
            return local(
                    "host of node " + node.id() + ": \"" + node.destination().host() + "\" can't be resolved");
        }
        try {
            return ask(node, address, timeout);
        } catch (IOException | UncheckedIOException failure) {
            return local("node " + node.id() + ": " + failure);
        }
    }

    private CompletionStage<ProbeResult> ask(Node node, InetSocketAddress address, Duration timeout)
            throws IOException {
        Selector running = running();
        if (running == null) {
            return local("the probe is closed");
        }
        DatagramChannel channel = DatagramChannel.open();
        Exchange exchange = new Exchange(node, channel, statuses, random);
        CompletionStage<ProbeResult> answer = exchange.result()
                .completeOnTimeout(new ProbeResult.NoAnswer(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((result, failure) -> release(channel));
        try {
            channel.configureBlocking(false).register(running, SelectionKey.OP_READ, exchange);
            channel.connect(address);
            exchange.send();
        } catch (IOException | ClosedSelectorException failure) {
            exchange.failed(failure);
        }
        running.wakeup();
        return answer;
    }

    private void release(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // the socket is gone either way, and the result stands
        }
        Selector running = current();
        if (running != null) {
            running.wakeup();
        }
    }

    private synchronized @Nullable Selector current() {
        return selector;
    }

    private synchronized @Nullable Selector running() throws IOException {
        if (selector == null && !closed) {
            Selector opened = Selector.open();
            Thread thread = new Thread(() -> serve(opened), "tandem-probe");
            thread.setDaemon(true);
            thread.start();
            selector = opened;
        }
        return closed ? null : selector;
    }

    private static void serve(Selector selector) {
        while (selector.isOpen()) {
            try {
                selector.select();
                List<SelectionKey> ready = List.copyOf(selector.selectedKeys());
                selector.selectedKeys().clear();
                for (SelectionKey each : ready) {
                    // whoever takes the answer may close the probe
                    ((Exchange) each.attachment()).read();
                }
            } catch (ClosedSelectorException e) {
                return;
            } catch (IOException e) {
                // this round is lost; each exchange still has its timeout
            }
        }
    }

    private static CompletionStage<ProbeResult> local(String detail) {
        return CompletableFuture.completedStage(new ProbeResult.LocalError(detail));
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (selector != null) {
            try {
                selector.close();
            } catch (IOException ignored) {
                // its thread ends all the same
            }
        }
    }
}
