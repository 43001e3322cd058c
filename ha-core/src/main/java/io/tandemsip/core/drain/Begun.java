package io.tandemsip.core.drain;

import io.tandemsip.drain.DrainPlan;
import io.tandemsip.node.AdminState;
import java.util.Objects;

/**
 * A drain that began elsewhere, or before. Immutable.
 *
 * @param plan what was ordered
 * @param before the admin state to go back to
 * @param elapsedNanos since it began
 * @param dialogsAtStart dialogs when it began
 */
public record Begun(DrainPlan plan, AdminState before, long elapsedNanos, long dialogsAtStart) {
    /** Checks that nothing is missing. */
    public Begun {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(before, "before");
    }
}
