package io.tandemsip.core.route;

import io.tandemsip.Failure;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.health.OverloadFeedback;
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
    private volatile Consumer<NodeId> placesLow = node -> {};

    TrafficEvidence(Loop loop) {
        this.loop = loop;
    }

    void onCountChanged(Consumer<NodeId> action) {
        countChanged = action;
    }

    void onPlacesLow(Consumer<NodeId> action) {
        placesLow = action;
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
    public void heard(LiveNode node) {
        SilenceWatch watch = watches.get(node.id());
        if (watch != null && watch.node().monitor().awaitsAnswer()) { // the next look may be long from now
            tell(new News(node.id(), Kind.HEARD), watch::noticeAnswers);
        }
    }

    @Override
    public void failed(Attempt attempt, Failure failure) {
        NodeId node = attempt.live().id();
        String call = "call " + attempt.callId();
        if (failure instanceof Failure.Response response) {
            if (response.statusCode() == 503) {
                overloaded(node, response.retryAfter(), "503 to " + call);
            } else {
                came(attempt.live(), attempt, response.statusCode() / 100 != 5, false);
            }
        } else if (failure instanceof Failure.Transport transport) {
            transportFailed(node, transport.detail());
            came(attempt.live(), attempt, false, true);
        } else if (failure instanceof Failure.Timeout && attempt.wasNeverAnswered()) {
            silent(node, loop.nanoTime() - attempt.begunAtNanos());
            came(attempt.live(), attempt, false, true);
        }
    }

    @Override
    public void succeeded(Attempt attempt) {
        came(attempt.live(), attempt, true, false);
    }

    /** How a call came out: well, without an answer, or with an error of the node's own. */
    private void came(LiveNode node, Attempt attempt, boolean well, boolean local) {
        boolean trial = node.isTriedBy(attempt);
        if (well) {
            node.outcomes().succeeded();
        } else if (local) {
            node.outcomes().failedLocally();
        } else {
            node.outcomes().failedRemotely();
        }
        SilenceWatch watch = trial || !well ? watches.get(node.id()) : null;
        if (watch != null && trial) {
            loop.execute(() -> watch.node().trialEnded(well));
        } else if (watch != null) {
            tell(
                    new News(node.id(), local ? Kind.LOCAL_ERROR : Kind.REMOTE_ERROR),
                    () -> watch.node().callFailed(local));
        }
    }

    @Override
    public void callEnded(LiveNode node) {
        tell(new News(node.id(), Kind.COUNT), () -> countChanged.accept(node.id()));
    }

    @Override
    public void placesLow(LiveNode node) {
        tell(new News(node.id(), Kind.PLACES), () -> placesLow.accept(node.id()));
    }

    void report(NodeId node, TrafficOutcome outcome) {
        if (outcome instanceof TrafficOutcome.Overloaded overloaded) {
            overloaded(node, overloaded.retryAfter(), "traffic was told so");
        } else if (outcome instanceof TrafficOutcome.TransportFailed failed) {
            transportFailed(node, failed.detail());
        } else if (outcome instanceof TrafficOutcome.Silent silent) {
            silent(node, silent.waited().toNanos());
        } else if (outcome instanceof TrafficOutcome.Controlled controlled) {
            controlled(node, controlled.feedback());
        } else if (outcome instanceof TrafficOutcome.Responded responded) {
            responded(node, responded.timeToFirstResponse().toNanos());
        }
    }

    private void responded(NodeId node, long elapsedNanos) {
        long now = loop.nanoTime();
        SilenceWatch watch = watches.get(node);
        if (watch != null) {
            watch.node().live().responded(Math.max(1, elapsedNanos), now);
            if (watch.node().monitor().awaitsAnswer()) { // or each response would wake the loop for nothing
                tell(new News(node, Kind.ANSWER), () -> watch.node().monitor().responded(now - elapsedNanos));
            }
        }
    }

    private void overloaded(NodeId node, Duration retryAfter, String cause) {
        SilenceWatch watch = watches.get(node);
        if (watch != null) {
            tell(new News(node, Kind.OVERLOAD), () -> watch.node().throttle().overloaded(retryAfter, cause));
        }
    }

    /** In force for the next call; the loop hears of it when it begins. */
    private void controlled(NodeId node, OverloadFeedback feedback) {
        SilenceWatch watch = watches.get(node);
        if (watch != null && watch.node().live().overload().feedback(feedback, loop.nanoTime())) {
            tell(new News(node, Kind.CONTROL), watch.node()::overloadControlled);
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
        PLACES,
        ANSWER,
        HEARD,
        OVERLOAD,
        CONTROL,
        TRANSPORT,
        LOCAL_ERROR,
        REMOTE_ERROR,
        SILENCE
    }

    private record News(NodeId node, Kind kind) {}
}
