package io.tandemsip.health;

import io.tandemsip.node.Incarnation;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * What a node said of itself in an answer to a probe. Immutable.
 *
 * @param incarnation which life it is in; {@link Incarnation#UNKNOWN} if it did not say
 * @param calls how many calls it has by its own count; empty if it did not say
 */
public record NodeReport(Incarnation incarnation, OptionalInt calls) {
    /** The node said nothing of itself. */
    public static final NodeReport NONE = new NodeReport(Incarnation.UNKNOWN, OptionalInt.empty());

    /** Checks that nothing is missing. */
    public NodeReport {
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(calls, "calls");
    }
}
