package io.tandemsip.core.health;

import java.util.List;
import java.util.Objects;

/**
 * What an event led to. Immutable.
 *
 * @param status the status from now on
 * @param effects what is to be done, in this order
 */
public record OutlierStep(OutlierStatus status, List<OutlierEffect> effects) {
    /** Copies the effects. */
    public OutlierStep {
        Objects.requireNonNull(status, "status");
        effects = List.copyOf(effects);
    }
}
