package io.tandemsip.core.drain;

import java.util.List;
import java.util.Objects;

/**
 * What an event led to. Immutable.
 *
 * @param status the status from now on
 * @param effects what is to be done, in this order
 */
public record RollingDrainTurn(RollingDrainStatus status, List<RollingDrainEffect> effects) {
    /** Copies the effects. */
    public RollingDrainTurn {
        Objects.requireNonNull(status, "status");
        effects = List.copyOf(effects);
    }
}
