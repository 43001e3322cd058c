package io.tandemsip.core.probe;

import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.health.ProbeStatusMap;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One OPTIONS and the answer to it. Thread-safe: the first result counts. */
final class Exchange {
    private static final int LARGEST_ANSWER = 65_535;
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(LARGEST_ANSWER));

    private final Node node;
    private final DatagramChannel channel;
    private final ProbeStatusMap statuses;
    private final String branch;
    private final String callId;
    private final String tag;
    private final CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    private volatile long sentAtNanos;

    Exchange(Node node, DatagramChannel channel, ProbeStatusMap statuses, RandomGenerator random) {
        this.node = node;
        this.channel = channel;
        this.statuses = statuses;
        branch = "z9hG4bK-tdu-" + word(random) + word(random);
        callId = word(random) + word(random);
        tag = word(random);
    }

    CompletableFuture<ProbeResult> result() {
        return result;
    }

    void send() throws IOException {
        InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
        byte[] request = Options.request(node.destination(), local, branch, callId, tag);
        sentAtNanos = System.nanoTime();
        channel.write(ByteBuffer.wrap(request));
    }

    /** Takes what came; whatever is not the answer is left aside. */
    void read() {
        ByteBuffer buffer = BUFFER.get();
        try {
            for (buffer.clear(); channel.read(buffer) > 0; buffer.clear()) {
                buffer.flip();
                Answer answer =
                        Answer.read(StandardCharsets.UTF_8.decode(buffer).toString());
                if (answer != null && answer.isTo(branch, callId) && answer.statusCode() >= 200) {
                    result.complete(judge(answer));
                }
            }
        } catch (IOException failure) {
            failed(failure);
        }
    }

    void failed(Exception failure) {
        if (failure instanceof PortUnreachableException) {
            result.complete(new ProbeResult.Refused("ICMP port unreachable from " + node.destination()));
        } else if (failure instanceof ClosedChannelException) {
            result.complete(new ProbeResult.LocalError("the probe was closed"));
        } else {
            result.complete(new ProbeResult.LocalError("node " + node.id() + ": " + failure));
        }
    }

    private ProbeResult judge(Answer answer) {
        @Nullable String expected = node.attributes().get(UdpOptionsProbe.IDENTITY);
        if (expected != null && !answer.software().contains(expected)) {
            return new ProbeResult.WrongIdentity(expected, answer.software());
        }
        return switch (statuses.verdict(answer.statusCode())) {
            case ALIVE -> new ProbeResult.Alive(Duration.ofNanos(System.nanoTime() - sentAtNanos), NodeReport.NONE);
            case OVERLOADED -> new ProbeResult.Overloaded(answer.retryAfter(), NodeReport.NONE);
            case NOT_READY -> new ProbeResult.NotReady("answered " + answer.statusCode());
        };
    }

    private static String word(RandomGenerator random) {
        return Long.toUnsignedString(random.nextLong(), Character.MAX_RADIX);
    }
}
