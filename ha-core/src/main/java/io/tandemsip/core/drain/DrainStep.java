package io.tandemsip.core.drain;

import java.util.List;
import java.util.Objects;

/**
 * What an event led to. Immutable.
 *
 * @param status the status from now on
 * @param effects what is to be done, in this order
 */
public record DrainStep(DrainStatus status, List<DrainEffect> effects) {
    /** Copies the effects. */
    public DrainStep {
        Objects.requireNonNull(status, "status");
        effects = List.copyOf(effects);
    }
}
