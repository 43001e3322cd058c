package io.tandemsip.core.freeswitch;

import io.tandemsip.HaRouter;
import io.tandemsip.core.freeswitch.PauseSeen.Wanted;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.Subscription;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets FreeSWITCH nodes help when they are drained: a node is paused for new calls from outside while it is being drained and
 * while it is kept out after that, and takes calls again when it is returned to service or its drain is cancelled. So it gets no
 * new calls either from senders that know nothing of this router; the calls that it has go on.
 *
 * <p>Guarantees: a pause by an operator that stands when the drain begins, or comes after its end, is not undone. A pause of a
 * router that died, or was closed, in the midst is undone by whichever router has the node in service and sees nothing of that
 * one for 20 s; a router that begins anew does so too. No store is needed for that: who paused stands in the node's own
 * memory, and is gone with it, as the pause is. A node that somebody resumes during its drain is not paused again.
 * Thread-safe.
 */
public final class FreeSwitchDrains implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FreeSwitchDrains.class);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final HaRouter router;
    private final FreeSwitchProbe probe;
    private final Predicate<Node> paused;
    private final PauseMachine machine;
    private final Map<NodeId, PauseStatus> statuses = new HashMap<>();
    private final Set<NodeId> busy = new HashSet<>();
    private final Set<NodeId> again = new HashSet<>();
    private final Subscription events;
    private volatile boolean closed;

    private FreeSwitchDrains(HaRouter router, FreeSwitchProbe probe, Predicate<Node> paused, String self) {
        this.router = router;
        this.probe = probe;
        this.paused = paused;
        machine = new PauseMachine(self);
        events = router.listen(event -> {
            if (event instanceof HaEvent.AdminChanged changed) {
                probe.execute(() -> look(changed.node()));
            }
        });
    }

    /**
     * Begins to help with the drains of all nodes.
     *
     * @param router whose drains
     * @param probe the router's, through which the nodes are spoken to
     * @return to be closed before the router
     */
    public static FreeSwitchDrains start(HaRouter router, FreeSwitchProbe probe) {
        return start(router, probe, node -> true);
    }

    /**
     * Begins to help with the drains of some nodes.
     *
     * @param router whose drains
     * @param probe the router's, through which the nodes are spoken to
     * @param paused which nodes; the others are left alone
     * @return to be closed before the router
     */
    public static FreeSwitchDrains start(HaRouter router, FreeSwitchProbe probe, Predicate<Node> paused) {
        String self = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX);
        FreeSwitchDrains drains = new FreeSwitchDrains(
                Objects.requireNonNull(router, "router"),
                Objects.requireNonNull(probe, "probe"),
                Objects.requireNonNull(paused, "paused"),
                self);
        probe.execute(drains::lookAtAll);
        return drains;
    }

    // --- on the thread of the event sockets

    private void lookAtAll() {
        if (!closed) {
            List<NodeSnapshot> nodes = router.view().nodes();
            statuses.keySet()
                    .removeIf(
                            known -> nodes.stream().noneMatch(node -> node.id().equals(known)));
            nodes.forEach(node -> look(node.id()));
            probe.later(LOOK_NANOS, this::lookAtAll);
        }
    }

    private void look(NodeId id) {
        if (closed || router.view().node(id).filter(this::concerns).isEmpty()) {
            return;
        }
        if (!busy.add(id)) {
            again.add(id);
            return;
        }
        probe.send(id, "api global_getvar " + PauseMark.VARIABLE, mark -> {
            if (mark instanceof EslReply.Said told) {
                probe.send(
                        id, "api fsctl pause_check inbound", answer -> seen(id, PauseMark.read(told.text()), answer));
            } else {
                done(id);
            }
        });
    }

    /** One in service that takes calls needs no look, unless a mark of this router may stand there. */
    private boolean concerns(NodeSnapshot node) {
        return paused.test(node.node())
                && (node.admin() != AdminState.IN_SERVICE
                        || !statuses.getOrDefault(node.id(), PauseStatus.NEW)
                                .mark()
                                .isNone()
                        || probe.state(node.id())
                                .filter(FreeSwitchState::paused)
                                .isPresent());
    }

    private void seen(NodeId id, PauseMark mark, EslReply answer) {
        String said = answer instanceof EslReply.Said told ? told.text().strip() : "";
        if (closed || !(said.equals("true") || said.equals("false"))) {
            done(id);
            return;
        }
        Wanted wanted = router.view().node(id).map(node -> wanted(node.admin())).orElse(Wanted.AS_IT_IS);
        PauseSeen seen = new PauseSeen(probe.nanoTime(), wanted, said.equals("true"), mark);
        PauseStep step = machine.on(statuses.getOrDefault(id, PauseStatus.NEW), seen);
        statuses.put(id, step.status());
        step.effect().ifPresentOrElse(effect -> run(id, effect), () -> done(id));
    }

    private static Wanted wanted(AdminState admin) {
        return switch (admin) {
            case DRAINING, DRAINED -> Wanted.PAUSED;
            case IN_SERVICE -> Wanted.RUNNING;
            case OUT_OF_SERVICE -> Wanted.AS_IT_IS;
        };
    }

    private void run(NodeId id, PauseEffect effect) {
        probe.send(id, effect.command(), reply -> {
            if (reply.isGood()) {
                LOG.debug("{}: {}", id, effect.command());
                again.add(id);
            } else {
                LOG.warn("{}: {}: {}", id, effect.command(), reply.words());
            }
            done(id);
        });
    }

    private void done(NodeId id) {
        busy.remove(id);
        if (again.remove(id)) {
            look(id);
        }
    }

    /**
     * Helps no more. Nodes that are paused for a drain stay so, until a router that has them in service sees that nobody cares
     * for the pause any longer. Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        events.close();
    }
}
