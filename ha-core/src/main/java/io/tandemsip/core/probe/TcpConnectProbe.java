package io.tandemsip.core.probe;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Finds whether something accepts TCP connections where the node is, and says nothing to it. It proves less than
 * OPTIONS: the kernel accepts for a process that hangs. Names are looked up by the caller's thread. Thread-safe.
 */
public final class TcpConnectProbe implements HealthProbe {
    private static final int NODES_OWN = 0;

    private final int port;
    private volatile boolean closed;

    private TcpConnectProbe(int port) {
        this.port = port;
    }

    /**
     * Connects to the port of the node's destination, whatever its transport is.
     *
     * @return the probe
     */
    public static TcpConnectProbe create() {
        return new TcpConnectProbe(NODES_OWN);
    }

    /**
     * Connects to another port of the node's host, as that of its event socket.
     *
     * @param port 1 to 65535
     * @return the probe
     */
    public static TcpConnectProbe toPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + "; expected 1 to 65535");
        }
        return new TcpConnectProbe(port);
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        if (closed) {
            return CompletableFuture.completedStage(new ProbeResult.LocalError("the probe is closed"));
        }
        InetSocketAddress address = new InetSocketAddress(
                node.destination().host(),
                port == NODES_OWN ? node.destination().port() : port);
        if (address.isUnresolved()) {
            return CompletableFuture.completedStage(new ProbeResult.LocalError(
                    "host of node " + node.id() + ": \"" + node.destination().host() + "\" can't be resolved"));
        }
        CompletableFuture<ProbeResult> result = new CompletableFuture<>();
        try {
            connect(address, timeout, result);
        } catch (IOException | RuntimeException failure) {
            result.complete(new ProbeResult.LocalError("node " + node.id() + ": " + failure));
        }
        return result;
    }

    private static void connect(InetSocketAddress address, Duration timeout, CompletableFuture<ProbeResult> result)
            throws IOException {
        AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
        CompletionStage<ProbeResult> end =
                result.completeOnTimeout(new ProbeResult.NoAnswer(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
        end.whenComplete((found, failure) -> release(channel));
        long begun = System.nanoTime();
        channel.connect(address, result, new CompletionHandler<Void, CompletableFuture<ProbeResult>>() {
            @Override
            public void completed(Void nothing, CompletableFuture<ProbeResult> target) {
                target.complete(new ProbeResult.Alive(since(begun), NodeReport.NONE));
            }

            @Override
            public void failed(Throwable failure, CompletableFuture<ProbeResult> target) {
                target.complete(judge(failure, address, since(begun)));
            }
        });
    }

    /** No route is what a host that is switched off looks like to its neighbours: no fault of this side. */
    private static ProbeResult judge(Throwable failure, InetSocketAddress address, Duration waited) {
        if (failure instanceof ConnectException) {
            return new ProbeResult.Refused("TCP connection refused by " + address);
        }
        if (failure instanceof NoRouteToHostException) {
            return new ProbeResult.NoAnswer(waited);
        }
        return new ProbeResult.LocalError(address + ": " + failure);
    }

    private static Duration since(long begunNanos) {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    private static void release(AsynchronousSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // the socket is gone either way, and the result stands
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
