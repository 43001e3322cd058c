package io.tandemsip.core.health;

import java.util.List;
import java.util.Objects;

/**
 * What an event led to. Immutable.
 *
 * @param status the status from now on
 * @param effects what is to be done, in this order
 */
public record FlapStep(FlapStatus status, List<FlapEffect> effects) {
    /** Copies the effects. */
    public FlapStep {
        Objects.requireNonNull(status, "status");
        effects = List.copyOf(effects);
    }
}
