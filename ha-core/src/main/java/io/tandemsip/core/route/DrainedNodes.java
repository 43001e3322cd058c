package io.tandemsip.core.route;

import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.core.drain.DrainOrchestrator;
import io.tandemsip.core.drain.LengthCounts;
import io.tandemsip.core.drain.RollingDrains;
import io.tandemsip.core.drain.TimeLeft;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.PoolView;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.RollingDrainProgress;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** This router's nodes, as far as drains look at them. Confined to the control loop but for what says otherwise. */
final class DrainedNodes implements DrainOrchestrator.Target, RollingDrains.Target {
    /** How many calls of a node are looked at to know the ages of all. */
    private static final int MOST_AGES = 1_000;

    private final ControlPlane control;
    private final Loop loop;
    private final RoutingPath path;
    private final EventBus events;

    DrainedNodes(ControlPlane control, Loop loop, RoutingPath path, EventBus events) {
        this.control = control;
        this.loop = loop;
        this.path = path;
        this.events = events;
    }

    @Override
    public AdminState admin(NodeId node) {
        return control.require(node).admin();
    }

    @Override
    public void admin(NodeId node, AdminState state, String cause) {
        NodeControl known = control.find(node);
        if (known != null) {
            known.admin(state, cause);
        }
    }

    @Override
    public long dialogs(NodeId node) {
        return control.calls(node);
    }

    @Override
    public OptionalInt reportedCalls(NodeId node, long sinceNanos) {
        NodeControl known = control.find(node);
        return known == null ? OptionalInt.empty() : known.reportedCalls(sinceNanos);
    }

    @Override
    public Optional<Duration> oldest(NodeId node) {
        NodeControl known = control.find(node);
        if (known == null) {
            return Optional.empty();
        }
        long now = loop.nanoTime();
        return known.live().places().holders().stream()
                .map(call -> Duration.ofNanos(now - call.begunAtNanos()))
                .max(Duration::compareTo);
    }

    @Override
    public List<DialogId> dialogIds(NodeId node, int most) {
        NodeControl known = control.find(node);
        return known == null
                ? List.of()
                : known.live().places().holders().stream()
                        .flatMap(call -> call.dialogs().stream())
                        .limit(most)
                        .toList();
    }

    /** The calls that go on count too: without them a router that began lately would know of short calls only. */
    @Override
    public TimeLeft timeLeft(NodeId node) {
        NodeControl drained = control.find(node);
        if (drained == null) {
            return TimeLeft.UNKNOWN;
        }
        LengthCounts live = new LengthCounts();
        control.all().stream()
                .map(NodeControl::live)
                .filter(each -> each.places().taken() > 0)
                .forEach(each -> live.addAll(ages(each)));
        return TimeLeft.of(path.lengths().counts(), live, ages(drained.live()));
    }

    /** A part of a large number, which is a random one: the set is in the order of identity hashes. */
    private LengthCounts ages(LiveNode node) {
        long now = loop.nanoTime();
        LengthCounts ages = new LengthCounts();
        node.places().holders().stream().limit(MOST_AGES).forEach(call -> ages.add(now - call.begunAtNanos(), 1));
        return ages.scaledTo(node.places().taken());
    }

    @Override
    public void drainChanged(DrainProgress progress, String cause) {
        events.publish(new HaEvent.DrainChanged(control.now(), progress, cause));
    }

    /** Thread-safe. */
    @Override
    public List<NodeLoad> loads(String name) {
        PoolView pool = path.view().pool(name);
        if (pool == null) {
            return List.of();
        }
        return pool.loads();
    }

    @Override
    public void returnToService(NodeId node, String cause) {
        control.returnToService(node, cause);
    }

    @Override
    public void rollingDrainChanged(RollingDrainProgress progress, String cause) {
        events.publish(new HaEvent.RollingDrainChanged(control.now(), progress, cause));
    }
}
