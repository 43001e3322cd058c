package io.tandemsip.jainsip;

import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.health.ProbeStatusMap;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import javax.sip.header.Header;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;

/** A probe that waits for its answer, and takes the first end it gets. Thread-safe. */
final class PendingProbe {
    private final CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    private final OptionsProbe owner;
    private final Node node;
    private final ProbeStatusMap statuses;
    private final long sentNanos;
    private volatile @Nullable Future<?> expiry;

    PendingProbe(OptionsProbe owner, Node node, ProbeStatusMap statuses, long sentNanos) {
        this.owner = owner;
        this.node = node;
        this.statuses = statuses;
        this.sentNanos = sentNanos;
    }

    CompletionStage<ProbeResult> result() {
        return result.minimalCompletionStage();
    }

    boolean isOf(OptionsProbe probe) {
        return owner == probe;
    }

    void expiresBy(Future<?> timer) {
        expiry = timer;
        if (result.isDone()) {
            timer.cancel(false);
        }
    }

    void end(ProbeResult found) {
        result.complete(found);
        Future<?> timer = expiry;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** A final response came. */
    void answer(Response response, long nowNanos) {
        end(resultOf(response, Duration.ofNanos(nowNanos - sentNanos)));
    }

    private ProbeResult resultOf(Response response, Duration roundTrip) {
        String expected = SipText.orEmpty(node.attributes().get(OptionsProbe.IDENTITY));
        String software = software(response);
        if (!software.toLowerCase(Locale.ROOT).contains(expected.toLowerCase(Locale.ROOT))) {
            return new ProbeResult.WrongIdentity(expected, software);
        }
        return switch (statuses.verdict(response.getStatusCode())) {
            case ALIVE -> new ProbeResult.Alive(roundTrip, NodeReport.NONE);
            case OVERLOADED -> new ProbeResult.Overloaded(SipText.retryAfter(response), NodeReport.NONE);
            case NOT_READY -> new ProbeResult.NotReady("answered " + response.getStatusCode());
        };
    }

    /** What the node calls itself. */
    private static String software(Response response) {
        return (text(response.getHeader("User-Agent")) + ' ' + text(response.getHeader("Server"))).trim();
    }

    private static String text(@Nullable Header header) {
        return header == null
                ? ""
                : header.toString()
                        .substring(header.toString().indexOf(':') + 1)
                        .trim();
    }
}
