package io.tandemsip.core.takeover;

import java.util.List;
import java.util.Objects;

/**
 * What an event leads to. Immutable.
 *
 * @param status the status from now on
 * @param effects what is to be done, in this order
 */
public record TakeoverStep(TakeoverStatus status, List<TakeoverEffect> effects) {
    /** Copies the list. */
    public TakeoverStep {
        Objects.requireNonNull(status, "status");
        effects = List.copyOf(effects);
    }
}
