package io.tandemsip.core.load;

import java.util.List;
import java.util.Objects;

/**
 * What an event led to. Immutable.
 *
 * @param status the status from now on
 * @param effects what is to be done, in this order
 */
public record ThrottleStep(ThrottleStatus status, List<ThrottleEffect> effects) {
    /** Copies the effects. */
    public ThrottleStep {
        Objects.requireNonNull(status, "status");
        effects = List.copyOf(effects);
    }
}
