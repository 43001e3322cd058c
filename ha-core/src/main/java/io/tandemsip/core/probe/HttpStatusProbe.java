package io.tandemsip.core.probe;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks a page of the node by HTTP/1.1: 2xx is alive, 503 and 429 are overloaded for the seconds in Retry-After, whatever
 * else is not ready; redirects are not followed, bodies are not read. Connections are kept between probes; those of a
 * closed probe, and the client's thread, go when the garbage collector finds them, as Java 17 can't close the client.
 * Thread-safe.
 */
public final class HttpStatusProbe implements HealthProbe {
    private static final Pattern SECONDS = Pattern.compile("\\s*(\\d{1,9})\\s*");

    private final Function<Node, URI> page;
    private final IntPredicate alive;
    /** Without HTTP/2: the offer to change over that it sends first irritates small servers. */
    private volatile @Nullable HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private HttpStatusProbe(Function<Node, URI> page, IntPredicate alive) {
        this.page = page;
        this.alive = alive;
    }

    /**
     * Asks a page on the node's host.
     *
     * @param port 1 to 65535
     * @param path of the page, beginning with {@code /}
     * @return the probe
     */
    public static HttpStatusProbe at(int port, String path) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + "; expected 1 to 65535");
        }
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path: \"" + path + "\"; expected one that begins with /");
        }
        URI.create("http://host" + path);
        return of(node -> URI.create("http://" + host(node) + ':' + port + path));
    }

    /**
     * Asks any page.
     *
     * @param page the page of a node, {@code http} or {@code https}; called for each probe
     * @return the probe
     */
    public static HttpStatusProbe of(Function<Node, URI> page) {
        return new HttpStatusProbe(Objects.requireNonNull(page, "page"), status -> status / 100 == 2);
    }

    /**
     * Asks any page, and takes other statuses than 2xx for alive.
     *
     * @param page the page of a node, {@code http} or {@code https}; called for each probe
     * @param alive the statuses of a node that is well, each 200 to 599, at least one; 503 and 429 too if they are named
     * @return the probe
     */
    public static HttpStatusProbe of(Function<Node, URI> page, Set<Integer> alive) {
        Set<Integer> statuses = Set.copyOf(alive);
        if (statuses.isEmpty() || statuses.stream().anyMatch(status -> status < 200 || status > 599)) {
            throw new IllegalArgumentException("alive: " + statuses + "; expected one or more of 200 to 599");
        }
        return new HttpStatusProbe(Objects.requireNonNull(page, "page"), statuses::contains);
    }

    private static String host(Node node) {
        String host = node.destination().host();
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? '[' + host + ']' : host;
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        HttpClient open = client;
        if (open == null) {
            return CompletableFuture.completedStage(new ProbeResult.LocalError("the probe is closed"));
        }
        CompletableFuture<ProbeResult> result = new CompletableFuture<>();
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(page.apply(node)).timeout(timeout).build();
            ask(open, request, timeout, result);
        } catch (RuntimeException failure) {
            result.complete(new ProbeResult.LocalError("node " + node.id() + ": " + failure));
        }
        return result.completeOnTimeout(new ProbeResult.NoAnswer(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The head of the response decides; a body without end is cut off at the timeout. */
    private void ask(HttpClient client, HttpRequest request, Duration timeout, CompletableFuture<ProbeResult> result) {
        long begun = System.nanoTime();
        CompletableFuture<HttpResponse<Void>> exchange = client.sendAsync(request, head -> {
            result.complete(judge(head, since(begun)));
            return HttpResponse.BodySubscribers.discarding();
        });
        CompletionStage<HttpResponse<Void>> end = exchange;
        end.whenComplete((response, failure) -> {
            if (failure != null) {
                result.complete(judge(failure, since(begun)));
            }
        });
        CompletableFuture.delayedExecutor(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .execute(() -> exchange.cancel(true));
    }

    private static Duration since(long begunNanos) {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    private ProbeResult judge(HttpResponse.ResponseInfo head, Duration roundTrip) {
        int status = head.statusCode();
        if (alive.test(status)) {
            return new ProbeResult.Alive(roundTrip, NodeReport.NONE);
        }
        if (status == 503 || status == 429) {
            Matcher seconds =
                    SECONDS.matcher(head.headers().firstValue("retry-after").orElse(""));
            long after = seconds.matches() ? Long.parseLong(seconds.group(1)) : 0;
            return new ProbeResult.Overloaded(Duration.ofSeconds(after), NodeReport.NONE);
        }
        return new ProbeResult.NotReady("HTTP status " + status);
    }

    /** Only this probe cancels, and only at the timeout; that may come before the timeout of the result itself. */
    static ProbeResult judge(Throwable failure, Duration waited) {
        Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof HttpTimeoutException || cause instanceof CancellationException) {
            return new ProbeResult.NoAnswer(waited);
        }
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof UnresolvedAddressException) {
                return new ProbeResult.LocalError("the host can't be resolved");
            }
        }
        return cause instanceof ConnectException
                ? new ProbeResult.Refused("no HTTP connection: " + cause)
                : new ProbeResult.NotReady("no HTTP response: " + cause);
    }

    @Override
    public void close() {
        client = null;
    }
}
