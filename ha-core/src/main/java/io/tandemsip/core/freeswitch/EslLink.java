package io.tandemsip.core.freeswitch;

import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection to an event socket: when it ends, another is begun, later each time, and not at the moment at
 * which all other routers begin theirs. Confined to the thread of its loop.
 */
final class EslLink {
    private final SocketLoop loop;
    private final EventSocketAddress address;
    private final EslTimings timings;
    private final String events;
    private final RandomGenerator random;
    private final EslConnection.Listener listener;
    private @Nullable EslConnection connection;
    private SocketLoop.@Nullable Due retry;
    private int failures;
    private long upAtNanos;
    private boolean closed;

    /**
     * A link that is not begun.
     *
     * @param events what to subscribe to; empty for nothing
     * @param random spreads the attempts
     * @param listener is told of each connection, on the loop's thread
     */
    EslLink(
            SocketLoop loop,
            EventSocketAddress address,
            EslTimings timings,
            String events,
            RandomGenerator random,
            EslConnection.Listener listener) {
        this.loop = loop;
        this.address = address;
        this.timings = timings;
        this.events = events;
        this.random = random;
        this.listener = listener;
    }

    void start() {
        loop.resolve(address.host(), address.port(), this::connect);
    }

    private void connect(InetSocketAddress target) {
        if (closed) {
            return;
        }
        if (target.isUnresolved()) {
            ended(new EslEnd(EslEnd.Kind.LOCAL, "no address is known for " + address.host()));
            return;
        }
        EslConnection next = new EslConnection(loop, address, timings, events, new Watch());
        connection = next;
        next.connect(target);
    }

    boolean isUp() {
        return connection != null && connection.isUp();
    }

    /**
     * Sends a command over the connection that is up.
     *
     * @param text one command, with further lines where it has headers
     * @param answer is told once what came of it
     */
    void send(String text, Consumer<EslReply> answer) {
        if (connection == null) {
            answer.accept(new EslReply.Unanswered("not connected to the event socket of " + address));
        } else {
            connection.send(text, answer);
        }
    }

    private void ended(EslEnd end) {
        connection = null;
        failures++;
        if (!closed) {
            long upNanos = loop.nanoTime() - upAtNanos;
            retry = loop.schedule(timings.retryNanos(end.kind(), failures, upNanos, random.nextDouble()), this::start);
            listener.ended(end);
        }
    }

    /** Ends it without telling. Idempotent. */
    void close() {
        closed = true;
        if (retry != null) {
            retry.cancel();
        }
        if (connection != null) {
            connection.close();
        }
    }

    private final class Watch implements EslConnection.Listener {
        @Override
        public void up() {
            failures = 0;
            upAtNanos = loop.nanoTime();
            listener.up();
        }

        @Override
        public void event(EslEvent event) {
            listener.event(event);
        }

        @Override
        public void ended(EslEnd end) {
            EslLink.this.ended(end);
        }
    }
}
