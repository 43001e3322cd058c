package io.tandemsip.sim;

import java.util.Locale;

/**
 * A promise that was broken. Immutable.
 *
 * @param invariant its number, as the reference of the invariants has it
 * @param atSeconds when, from the start of the run
 * @param story what was seen, for people
 */
public record Violation(String invariant, double atSeconds, String story) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s broken after %.3f s: %s", invariant, atSeconds, story);
    }
}
