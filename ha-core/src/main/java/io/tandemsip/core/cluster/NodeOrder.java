package io.tandemsip.core.cluster;

import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What operators ordered for a node, as all routers obey it: its admin state, and the drain that led or is to lead there.
 * Immutable.
 *
 * @param epoch raised by each order, so that what was said of an earlier one is not taken for this
 * @param state the admin state
 * @param by which order of which router it is, so that one whose outcome is unknown is not given twice
 * @param cause why, for people
 * @param drain the drain; empty if the state was ordered by itself
 */
record NodeOrder(long epoch, AdminState state, String by, String cause, Optional<DrainEntry> drain) {
    NodeOrder {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(drain, "drain");
    }

    /** Whether a drain is under way. */
    boolean isDraining() {
        return drain.isPresent() && drain.get().state() == DrainState.DRAINING;
    }

    /** A word of how far the drain has come, unless somebody with a later lease has said something. */
    Optional<NodeOrder> withDrain(DrainEntry changed, AdminState to, String why) {
        boolean fenced = drain.filter(entry -> entry.token() > changed.token()).isPresent();
        return fenced || !isDraining()
                ? Optional.empty()
                : Optional.of(new NodeOrder(epoch, to, by, why, Optional.of(changed)));
    }

    /**
     * A drain, as far as it has come by the word of who drives it. Immutable.
     *
     * @param plan what was ordered
     * @param before the admin state to go back to
     * @param elapsed since it began
     * @param atStart dialogs when it began
     * @param left dialogs left
     * @param state where it stands
     * @param token the lease of who said so
     */
    record DrainEntry(
            DrainPlan plan,
            AdminState before,
            Duration elapsed,
            long atStart,
            long left,
            DrainState state,
            long token) {
        DrainEntry after(Duration time, long dialogs, DrainState to, long lease) {
            return new DrainEntry(plan, before, time, atStart, dialogs, to, lease);
        }
    }
}
