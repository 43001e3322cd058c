package io.tandemsip.core.takeover;

import io.tandemsip.takeover.Takeover;
import java.util.Objects;

/** What a {@link TakeoverMachine} wants done. Each is immutable. */
public sealed interface TakeoverEffect {
    /** Ask for the right to move the node's dialogs, and keep it. */
    record Claim() implements TakeoverEffect {}

    /** Give it up. */
    record Release() implements TakeoverEffect {}

    /**
     * Be told of a timer; takes the place of one that is set.
     *
     * @param delayNanos when
     */
    record Arm(long delayNanos) implements TakeoverEffect {}

    /**
     * Write down how far it is, if this router still has the right to.
     *
     * @param takeover what is to stand
     */
    record Write(Takeover takeover) implements TakeoverEffect {
        /** Checks that nothing is missing. */
        public Write {
            Objects.requireNonNull(takeover, "takeover");
        }
    }

    /**
     * Have the dialog store refuse the dead node's earlier epochs.
     *
     * @param epoch below which
     */
    record FenceStore(long epoch) implements TakeoverEffect {}

    /**
     * Have the successor recover the calls.
     *
     * @param takeover whose, by whom
     */
    record Recover(Takeover takeover) implements TakeoverEffect {
        /** Checks that nothing is missing. */
        public Recover {
            Objects.requireNonNull(takeover, "takeover");
        }
    }
}
