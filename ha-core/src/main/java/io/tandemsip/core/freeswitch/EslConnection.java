package io.tandemsip.core.freeswitch;

import io.tandemsip.core.loop.Nanos;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an event socket, from connecting to its end: greeting, password, what is subscribed to, then
 * commands, whose answers come in their order. Confined to the thread of its loop.
 */
final class EslConnection implements SocketLoop.Ready {
    private static final int READ_BYTES = 16 * 1024;
    private static final int MOST_COMMANDS = 64;
    private static final int MOST_READS = 16;

    private final SocketLoop loop;
    private final EventSocketAddress address;
    private final EslTimings timings;
    private final String events;
    private final Listener listener;
    private final EslDecoder decoder = new EslDecoder();
    private final ByteBuffer input = ByteBuffer.allocate(READ_BYTES);
    private final Deque<ByteBuffer> output = new ArrayDeque<>();
    private final Deque<Command> unanswered = new ArrayDeque<>();
    private @Nullable SocketChannel channel;
    private SocketLoop.@Nullable Due deadline;
    private Phase phase = Phase.CONNECTING;

    /**
     * A connection that is not begun.
     *
     * @param events what to subscribe to; empty for nothing
     */
    EslConnection(SocketLoop loop, EventSocketAddress address, EslTimings timings, String events, Listener listener) {
        this.loop = loop;
        this.address = address;
        this.timings = timings;
        this.events = events;
        this.listener = listener;
    }

    /**
     * Begins.
     *
     * @param target where to; resolved
     */
    void connect(InetSocketAddress target) {
        try {
            SocketChannel opened = SocketChannel.open();
            channel = opened;
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            expect(timings.connect(), "no connection");
            if (opened.connect(target)) {
                loop.register(opened, SelectionKey.OP_READ, this);
                connected();
            } else {
                loop.register(opened, SelectionKey.OP_CONNECT, this);
            }
        } catch (IOException | RuntimeException failure) {
            end(ofFailure(failure));
        }
    }

    private void connected() {
        phase = Phase.GREETING;
        expect(timings.greeting(), "connected, and no greeting");
    }

    @Override
    public void ready(SelectionKey key) {
        SocketChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            if (key.isConnectable() && open.finishConnect()) {
                key.interestOps(SelectionKey.OP_READ);
                connected();
            }
            if (key.isValid() && key.isWritable()) {
                write(open, key);
            }
            if (key.isValid() && key.isReadable()) {
                read(open);
            }
        } catch (IOException | RuntimeException failure) {
            end(ofFailure(failure));
        }
    }

    private void read(SocketChannel open) throws IOException {
        for (int turn = 0; turn < MOST_READS; turn++) {
            int got = open.read(input);
            if (got == 0) {
                return;
            }
            if (got < 0) {
                end(ofEof());
                return;
            }
            input.flip();
            try {
                for (EslMessage message : decoder.feed(input)) {
                    received(message);
                }
            } catch (EslFormatException fault) {
                end(new EslEnd(EslEnd.Kind.FOREIGN, "it sent " + fault.getMessage()));
            }
            input.clear();
            if (phase == Phase.ENDED) {
                return;
            }
        }
    }

    /** Nobody greets and goes: what is closed before it said anything is a process that ends. */
    private EslEnd ofEof() {
        return phase == Phase.GREETING
                ? new EslEnd(EslEnd.Kind.REFUSED, "closed before a greeting")
                : new EslEnd(EslEnd.Kind.CLOSED, "the node's side closed");
    }

    private EslEnd ofFailure(Exception failure) {
        if (phase == Phase.CONNECTING) {
            if (failure instanceof ConnectException || failure instanceof PortUnreachableException) {
                return new EslEnd(EslEnd.Kind.REFUSED, "the connection was refused");
            }
            if (failure instanceof NoRouteToHostException) {
                return new EslEnd(EslEnd.Kind.SILENT, "no route to the host");
            }
            return new EslEnd(EslEnd.Kind.LOCAL, "no connection: " + failure);
        }
        if (failure instanceof IOException) {
            return phase == Phase.GREETING
                    ? new EslEnd(EslEnd.Kind.REFUSED, "reset before a greeting")
                    : new EslEnd(EslEnd.Kind.CLOSED, "the connection broke: " + failure.getMessage());
        }
        return new EslEnd(EslEnd.Kind.LOCAL, failure.toString());
    }

    // --- what is said

    private void received(EslMessage message) throws EslFormatException {
        if (phase == Phase.ENDED) {
            return;
        }
        switch (message.contentType()) {
            case "auth/request" -> greeted();
            case "command/reply" -> replied(message, message.header("Reply-Text"));
            case "api/response" -> replied(message, message.body());
            case "text/event-plain" -> event(message);
            case "text/rude-rejection" -> end(new EslEnd(EslEnd.Kind.DENIED, "its access list refuses this host"));
            case "text/disconnect-notice" -> end(ofNotice(message.body()));
            default -> strange(message);
        }
    }

    private static EslEnd ofNotice(String text) {
        return text.contains("shut down")
                ? new EslEnd(EslEnd.Kind.SHUTDOWN, "the node said that it is being shut down")
                : new EslEnd(EslEnd.Kind.CLOSED, "the node said good-bye");
    }

    /** Other kinds may come later; but nothing else greets. */
    private void strange(EslMessage message) throws EslFormatException {
        if (phase == Phase.GREETING || message.contentType().isEmpty()) {
            throw new EslFormatException("something else than an event socket does");
        }
    }

    private void greeted() throws EslFormatException {
        if (phase != Phase.GREETING) {
            throw new EslFormatException("a second greeting");
        }
        phase = Phase.AUTHENTICATING;
        unanswered.add(Command.ofHandshake(loop.nanoTime(), this::authenticated));
        write("auth " + address.password());
        expect(timings.reply(), "no answer to the password");
    }

    private void authenticated(EslMessage answer) {
        if (!answer.header("Reply-Text").startsWith("+OK")) {
            end(new EslEnd(EslEnd.Kind.WRONG_PASSWORD, "it does not accept the password"));
        } else if (events.isEmpty()) {
            up();
        } else {
            unanswered.add(Command.ofHandshake(loop.nanoTime(), this::subscribed));
            write("event plain " + events);
            expect(timings.reply(), "no answer to the subscription");
        }
    }

    private void subscribed(EslMessage answer) {
        if (answer.header("Reply-Text").startsWith("+OK")) {
            up();
        } else {
            end(new EslEnd(EslEnd.Kind.FOREIGN, "it does not take the subscription: " + answer.header("Reply-Text")));
        }
    }

    private void up() {
        phase = Phase.UP;
        listener.up();
    }

    private void replied(EslMessage message, String text) throws EslFormatException {
        Command first = unanswered.poll();
        if (first == null) {
            throw new EslFormatException("an answer that nothing was asked for");
        }
        expectNext();
        first.answer.accept(message);
        first.reply.accept(new EslReply.Said(text));
    }

    private void event(EslMessage message) throws EslFormatException {
        listener.event(EslEvent.plain(message.body()));
    }

    // --- what is asked

    boolean isUp() {
        return phase == Phase.UP;
    }

    /**
     * Sends a command.
     *
     * @param text one command, with further lines where it has headers
     * @param answer is told once what came of it
     */
    void send(String text, Consumer<EslReply> answer) {
        if (phase != Phase.UP) {
            answer.accept(new EslReply.Unanswered("not connected to the event socket of " + address));
        } else if (unanswered.size() >= MOST_COMMANDS) {
            answer.accept(new EslReply.Unanswered(MOST_COMMANDS + " commands wait for " + address));
        } else {
            unanswered.add(new Command(loop.nanoTime(), message -> {}, answer));
            write(text);
            if (deadline == null) {
                expectNext();
            }
        }
    }

    private void write(String text) {
        output.add(ByteBuffer.wrap((text + "\n\n").getBytes(StandardCharsets.UTF_8)));
        SocketChannel open = channel;
        SelectionKey key = open == null ? null : loop.keyOf(open);
        if (open != null && key != null && key.isValid()) {
            try {
                write(open, key);
            } catch (IOException failure) {
                end(ofFailure(failure));
            }
        }
    }

    private void write(SocketChannel open, SelectionKey key) throws IOException {
        while (!output.isEmpty()) {
            open.write(output.peek());
            if (output.peek().hasRemaining()) {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
            output.remove();
        }
        key.interestOps(SelectionKey.OP_READ);
    }

    // --- deadlines and the end

    private void expectNext() {
        Command next = unanswered.peek();
        if (next == null) {
            cancelDeadline();
            return;
        }
        long spent = loop.nanoTime() - next.sentAtNanos;
        expect(timings.reply().minusNanos(spent), "no answer to a command");
    }

    private void expect(Duration limit, String missing) {
        cancelDeadline();
        deadline =
                loop.schedule(Nanos.of(limit), () -> end(new EslEnd(EslEnd.Kind.SILENT, missing + " within its time")));
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    /** Ends it without telling. */
    void close() {
        phase = Phase.ENDED;
        release("closed on this side");
    }

    private void end(EslEnd end) {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            release(end.detail());
            listener.ended(end);
        }
    }

    private void release(String why) {
        cancelDeadline();
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException ignored) {
                // the socket is gone either way
            }
        }
        output.clear();
        for (Command lost = unanswered.poll(); lost != null; lost = unanswered.poll()) {
            lost.reply.accept(new EslReply.Unanswered(address + ": " + why));
        }
    }

    /** What waits for an answer: a step of the beginning, or somebody's command. */
    private record Command(long sentAtNanos, Consumer<EslMessage> answer, Consumer<EslReply> reply) {
        static Command ofHandshake(long sentAtNanos, Consumer<EslMessage> answer) {
            return new Command(sentAtNanos, answer, reply -> {});
        }
    }

    /** How far it is. */
    private enum Phase {
        CONNECTING,
        GREETING,
        AUTHENTICATING,
        UP,
        ENDED
    }

    /** Is told what happens. */
    interface Listener {
        void up();

        void event(EslEvent event);

        void ended(EslEnd end);
    }
}
