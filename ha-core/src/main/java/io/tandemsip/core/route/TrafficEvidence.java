package io.tandemsip.core.route;

import io.tandemsip.Failure;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings what traffic tells to the control loop. Of each kind of news about a node at most one is under way, so that a
 * storm of failures is one task and not a thousand. Thread-safe.
 */
final class TrafficEvidence implements Evidence {
    private final Loop loop;
    private final ConcurrentMap<NodeId, SilenceWatch> watches = new ConcurrentHashMap<>();
    private final Set<News> underWay = ConcurrentHashMap.newKeySet();
    private volatile Consumer<NodeId> countChanged = node -> {};

    TrafficEvidence(Loop loop) {
        this.loop = loop;
    }

    void onCountChanged(Consumer<NodeId> action) {
        countChanged = action;
    }

    void watch(SilenceWatch watch) {
        watches.put(watch.node().id(), watch);
    }

    void unwatch(NodeId node) {
        watches.remove(node);
    }

    @Nullable
    SilenceWatch of(NodeId node) {
        return watches.get(node);
    }

    @Override
    public void sent(Attempt attempt) {
        SilenceWatch watch = watches.get(attempt.live().id());
        if (watch != null) {
            watch.sent(attempt);
        }
    }

    @Override
    public void failed(Attempt attempt, Failure failure) {
        NodeId node = attempt.live().id();
        String call = "call " + attempt.callId();
        if (failure instanceof Failure.Response response) {
            if (response.statusCode() == 503) {
                overloaded(node, response.retryAfter(), "503 to " + call);
            }
        } else if (failure instanceof Failure.Transport transport) {
            transportFailed(node, transport.detail());
        } else if (failure instanceof Failure.Timeout && attempt.wasNeverAnswered()) {
            silent(node, loop.nanoTime() - attempt.begunAtNanos());
        }
    }

    @Override
    public void callEnded(LiveNode node) {
        tell(new News(node.id(), Kind.COUNT), () -> countChanged.accept(node.id()));
    }

    void report(NodeId node, TrafficOutcome outcome) {
        if (outcome instanceof TrafficOutcome.Overloaded overloaded) {
            overloaded(node, overloaded.retryAfter(), "traffic was told so");
        } else if (outcome instanceof TrafficOutcome.TransportFailed failed) {
            transportFailed(node, failed.detail());
        } else if (outcome instanceof TrafficOutcome.Silent silent) {
            silent(node, silent.waited().toNanos());
        } else if (outcome instanceof TrafficOutcome.Responded responded) {
            responded(node, responded.timeToFirstResponse().toNanos());
        }
    }

    private void responded(NodeId node, long elapsedNanos) {
        long now = loop.nanoTime();
        SilenceWatch watch = watches.get(node);
        if (watch != null) {
            watch.node().live().responded(Math.max(1, elapsedNanos), now);
            tell(new News(node, Kind.ANSWER), () -> watch.node().monitor().responded(now - elapsedNanos));
        }
    }

    private void overloaded(NodeId node, Duration retryAfter, String cause) {
        SilenceWatch watch = watches.get(node);
        if (watch != null) {
            tell(new News(node, Kind.OVERLOAD), () -> watch.node().throttle().overloaded(retryAfter, cause));
        }
    }

    private void transportFailed(NodeId node, String detail) {
        SilenceWatch watch = watches.get(node);
        if (watch != null) {
            tell(new News(node, Kind.TRANSPORT), () -> watch.node().monitor().transportFailed(detail));
        }
    }

    private void silent(NodeId node, long waitedNanos) {
        SilenceWatch watch = watches.get(node);
        if (watch != null) {
            tell(new News(node, Kind.SILENCE), () -> watch.node().monitor().silent(waitedNanos));
        }
    }

    private void tell(News news, Runnable action) {
        if (underWay.add(news)) {
            loop.execute(() -> {
                underWay.remove(news);
                action.run();
            });
        }
    }

    private enum Kind {
        COUNT,
        ANSWER,
        OVERLOAD,
        TRANSPORT,
        SILENCE
    }

    private record News(NodeId node, Kind kind) {}
}
