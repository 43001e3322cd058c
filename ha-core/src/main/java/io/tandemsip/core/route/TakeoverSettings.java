package io.tandemsip.core.route;

import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Whether, when and how the dialogs of dead nodes move. Immutable.
 *
 * @param policy the numbers
 * @param action makes the successor recover the calls; null if dialogs stay with their nodes
 */
public record TakeoverSettings(
        TakeoverPolicy policy, @Nullable TakeoverAction action) {
    /** They stay. */
    public static final TakeoverSettings OFF = new TakeoverSettings(TakeoverPolicy.off(), null);
}
