package io.tandemsip.core.takeover;

import io.tandemsip.node.Incarnation;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import java.util.Objects;
import java.util.Optional;

/** What a {@link TakeoverMachine} is told. Each carries the moment at which it is handled. Each is immutable. */
public sealed interface TakeoverEvent {
    /**
     * When it is handled.
     *
     * @return nanoseconds on the loop's ticker
     */
    long nowNanos();

    /**
     * How the node is. Told again and again.
     *
     * @param nowNanos when it is handled
     * @param verdict how it is
     */
    record Judged(long nowNanos, Verdict verdict) implements TakeoverEvent {
        /** Checks that nothing is missing. */
        public Judged {
            Objects.requireNonNull(verdict, "verdict");
        }
    }

    /** How a node is, as far as its dialogs are concerned. */
    enum Verdict {
        /** Healthy by own evidence. */
        UP,
        /** Neither. */
        UNSURE,
        /** Down by own evidence and by the quorum. */
        DOWN
    }

    /**
     * Time has passed.
     *
     * @param nowNanos when it is handled
     */
    record TimerDue(long nowNanos) implements TakeoverEvent {}

    /**
     * This router has, or has still, the right to move the node's dialogs.
     *
     * @param nowNanos when it is handled
     * @param proposal to whom, under which epoch; empty if there is no successor
     */
    record Held(long nowNanos, Optional<Takeover> proposal) implements TakeoverEvent {
        /** Checks that nothing is missing. */
        public Held {
            Objects.requireNonNull(proposal, "proposal");
        }
    }

    /**
     * What stands, by the word of the shared state.
     *
     * @param nowNanos when it is handled
     * @param takeover the last take-over of the node
     * @param held whether this router has the right to go on with it
     */
    record Stands(long nowNanos, Takeover takeover, boolean held) implements TakeoverEvent {
        /** Checks that nothing is missing. */
        public Stands {
            Objects.requireNonNull(takeover, "takeover");
        }
    }

    /**
     * What was to be written was not: this router lost the right to, or another wrote something else.
     *
     * @param nowNanos when it is handled
     */
    record NotWritten(long nowNanos) implements TakeoverEvent {}

    /**
     * The dialog store refuses the dead node's earlier epochs from now on, or could not be asked: what a router that has not
     * heard of it may still write there is outranked by what stands.
     *
     * @param nowNanos when it is handled
     * @param epoch below which
     */
    record StoreFenced(long nowNanos, long epoch) implements TakeoverEvent {}

    /**
     * The successor recovered the calls, or did not.
     *
     * @param nowNanos when it is handled
     * @param epoch of which take-over
     * @param recovery how it went
     * @param successor in which life the successor is since then; unknown if it did not say
     */
    record Recovered(long nowNanos, long epoch, Recovery recovery, Incarnation successor) implements TakeoverEvent {
        /** Checks that nothing is missing. */
        public Recovered {
            Objects.requireNonNull(recovery, "recovery");
            Objects.requireNonNull(successor, "successor");
        }
    }
}
