package io.tandemsip.core.drain;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;

/** Nodes as a router would hold them. Thread-safe. */
final class FakeTarget implements DrainOrchestrator.Target {
    final Map<NodeId, AdminState> admins = new ConcurrentHashMap<>();
    final List<String> changes = new CopyOnWriteArrayList<>();
    volatile long dialogs;
    volatile boolean fails;
    int estimates;
    private final Loop loop;
    private volatile OptionalInt reported = OptionalInt.empty();
    private volatile long reportedAtNanos;

    FakeTarget(Loop loop) {
        this.loop = loop;
    }

    void report(int calls) {
        reported = OptionalInt.of(calls);
        reportedAtNanos = loop.nanoTime();
    }

    @Override
    public AdminState admin(NodeId node) {
        return admins.getOrDefault(node, AdminState.IN_SERVICE);
    }

    @Override
    public void admin(NodeId node, AdminState state, String cause) {
        admins.put(node, state);
    }

    @Override
    public long dialogs(NodeId node) {
        if (fails) {
            throw new IllegalStateException("count failed");
        }
        return dialogs;
    }

    @Override
    public OptionalInt reportedCalls(NodeId node, long sinceNanos) {
        return reportedAtNanos - sinceNanos >= 0 ? reported : OptionalInt.empty();
    }

    @Override
    public Optional<Duration> oldest(NodeId node) {
        return dialogs == 0 ? Optional.empty() : Optional.of(Duration.ofMinutes(3));
    }

    @Override
    public List<DialogId> dialogIds(NodeId node, int most) {
        return LongStream.range(0, dialogs)
                .limit(most)
                .mapToObj(i -> new DialogId("call-" + i, "a", "b"))
                .toList();
    }

    @Override
    public TimeLeft timeLeft(NodeId node) {
        estimates++;
        return new TimeLeft(Optional.of(Duration.ofMinutes(dialogs)), Optional.of(Duration.ofHours(dialogs)));
    }

    @Override
    public void drainChanged(DrainProgress progress, String cause) {
        changes.add(progress.state() + " " + progress.dialogsLeft() + " " + cause);
    }
}
