package io.tandemsip.event;

import io.tandemsip.ShadowReport;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.RollingDrainProgress;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What happened, when (wall clock, for people) and why. New kinds may be added: treat an unknown one as its text.
 * Immutable.
 */
public sealed interface HaEvent {
    /**
     * When.
     *
     * @return wall-clock time
     */
    Instant at();

    /**
     * Why, in words.
     *
     * @return one line
     */
    String cause();

    /**
     * A node's health changed.
     *
     * @param at when
     * @param node which node
     * @param from before
     * @param to now
     * @param cause the evidence
     */
    record HealthChanged(Instant at, NodeId node, HealthState from, HealthState to, String cause) implements HaEvent {}

    /**
     * A node's admin state changed.
     *
     * @param at when
     * @param node which node
     * @param from before
     * @param to now
     * @param cause who ordered it and why
     */
    record AdminChanged(Instant at, NodeId node, AdminState from, AdminState to, String cause) implements HaEvent {}

    /**
     * A node's load state changed.
     *
     * @param at when
     * @param node which node
     * @param from before
     * @param to now
     * @param cause what asked for it
     */
    record LoadChanged(Instant at, NodeId node, LoadState from, LoadState to, String cause) implements HaEvent {}

    /**
     * A node asked for another share or rate of new calls, or for none of them to be kept back any more. RFC 7339, RFC 7415.
     *
     * @param at when
     * @param node which node
     * @param feedback what is in force now; empty when it ended
     * @param cause what was seen
     */
    record OverloadControlled(Instant at, NodeId node, Optional<OverloadFeedback> feedback, String cause)
            implements HaEvent {
        /** Checks that nothing is missing. */
        public OverloadControlled {
            Objects.requireNonNull(feedback, "feedback");
        }
    }

    /**
     * A node began another life.
     *
     * @param at when
     * @param node which node
     * @param from the life before
     * @param to the life now
     * @param cause how it was seen
     */
    record NodeRestarted(Instant at, NodeId node, Incarnation from, Incarnation to, String cause) implements HaEvent {}

    /**
     * The set of nodes changed.
     *
     * @param at when
     * @param added new ones
     * @param changed those with another configuration
     * @param removed those that left
     * @param cause where the list came from
     */
    record NodesChanged(Instant at, List<NodeId> added, List<NodeId> changed, List<NodeId> removed, String cause)
            implements HaEvent {
        /** Copies the lists. */
        public NodesChanged {
            added = List.copyOf(added);
            changed = List.copyOf(changed);
            removed = List.copyOf(removed);
        }
    }

    /**
     * So many nodes of a pool look down at once that health is left aside, or no longer.
     *
     * @param at when
     * @param pool which pool
     * @param panicking whether it is on now
     * @param cause how many of how many
     */
    record PanicChanged(Instant at, String pool, boolean panicking, String cause) implements HaEvent {}

    /**
     * The dialogs of a dead node are being moved, have moved, or could not be.
     *
     * @param at when
     * @param takeover how far it is, and what could be saved
     * @param dialogs how many calls this router had on the dead node
     * @param cause what was seen
     */
    record TakeoverChanged(Instant at, Takeover takeover, int dialogs, String cause) implements HaEvent {
        /** Checks that nothing is missing. */
        public TakeoverChanged {
            Objects.requireNonNull(takeover, "takeover");
        }
    }

    /**
     * A drain began, or ended in whichever way.
     *
     * @param at when
     * @param progress where it stands
     * @param cause why
     */
    record DrainChanged(Instant at, DrainProgress progress, String cause) implements HaEvent {}

    /**
     * A rolling drain began, came on by a step of a node, waits for something else, or ended.
     *
     * @param at when
     * @param progress where it stands
     * @param cause why
     */
    record RollingDrainChanged(Instant at, RollingDrainProgress progress, String cause) implements HaEvent {}

    /**
     * A pool survives the loss of one node more, or no longer does, or nobody can say.
     *
     * @param at when
     * @param headroom the numbers
     * @param cause the arithmetic
     */
    record HeadroomChanged(Instant at, Headroom headroom, String cause) implements HaEvent {}

    /**
     * A cookie did not hold and was treated as absent. At most one a second is told; the count says how many there were.
     *
     * @param at when
     * @param callId the Call-ID of the latest
     * @param count how many since the last such event
     * @param cause what was wrong with it
     */
    record CookieRejected(Instant at, String callId, long count, String cause) implements HaEvent {}

    /**
     * A dialog was silent for longer than its time to live and was released.
     *
     * @param at when
     * @param dialog which dialog
     * @param node who had it
     * @param cause how long it was silent
     */
    record DialogExpired(Instant at, DialogId dialog, NodeId node, String cause) implements HaEvent {}

    /**
     * An attempt was never ended by its host, and was ended by the router.
     *
     * @param at when
     * @param callId its Call-ID
     * @param node who had it
     * @param cause how long nothing was heard of it
     */
    record AttemptForgotten(Instant at, String callId, NodeId node, String cause) implements HaEvent {}

    /**
     * A strategy, probe, listener, source or store threw, or did what it must not; the router went on without it.
     *
     * @param at when
     * @param what which part
     * @param count how many times since the last such event of that part
     * @param cause what it did
     */
    record PartFailed(Instant at, String what, long count, String cause) implements HaEvent {}

    /**
     * A node can't be watched as it was meant to be until somebody changes a configuration, here or at the node. Its health
     * is judged by what is left.
     *
     * @param at when
     * @param node which node
     * @param cause what is wrong: a password, an access list, another program at that port
     */
    record ProbeMisconfigured(Instant at, NodeId node, String cause) implements HaEvent {}

    /**
     * A store went away, or is back.
     *
     * @param at when
     * @param store which
     * @param available whether it is there now
     * @param pending how many writes wait for it
     * @param dropped how many writes were given up since it went away
     * @param cause what was seen
     */
    record StoreChanged(Instant at, String store, boolean available, int pending, long dropped, String cause)
            implements HaEvent {}

    /**
     * Another router of the service came or went.
     *
     * @param at when
     * @param router its name, drawn when it was made
     * @param presence how
     * @param routers how many there are now, this one included
     * @param cause what was seen
     */
    record RouterChanged(Instant at, String router, RouterPresence presence, int routers, String cause)
            implements HaEvent {}

    /**
     * How the shadow strategy does; told once a minute while it decides.
     *
     * @param at when
     * @param report what it would have done since the start
     * @param cause in words
     */
    record ShadowReported(Instant at, ShadowReport report, String cause) implements HaEvent {}

    /**
     * This listener was too slow and missed events.
     *
     * @param at when
     * @param count how many
     * @param cause how it was seen
     */
    record EventsMissed(Instant at, long count, String cause) implements HaEvent {}
}
