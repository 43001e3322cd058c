package io.tandemsip.core.freeswitch;

import io.tandemsip.core.freeswitch.FreeSwitchState.Link;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Incarnation;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * What OPTIONS and the event socket say together. OPTIONS decides whether calls can reach the node, since the node itself
 * calls itself ready without a SIP profile; the event socket decides whether new ones are welcome, since a node that
 * shuts down still answers OPTIONS with 200. Pure. Immutable: only functions.
 */
final class FreeSwitchVerdict {
    /** The node's own Retry-After is the same 300 s for every cause, and means nothing. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    private static final int LONGEST_LIFE = 128;

    private FreeSwitchVerdict() {}

    /**
     * Makes one result of the two.
     *
     * @param options what OPTIONS found
     * @param state what the event socket tells
     * @param switchname the name that the node must have; empty for any
     * @param legsPerCall how many legs a call has, 1 or more
     */
    static ProbeResult of(ProbeResult options, FreeSwitchState state, String switchname, int legsPerCall) {
        boolean named = !state.switchname().isEmpty() && state.link() == Link.UP;
        if (!switchname.isEmpty() && named && !switchname.equals(state.switchname())) {
            return new ProbeResult.WrongIdentity(switchname, state.switchname());
        }
        if (options instanceof ProbeResult.Refused && state.link() == Link.UP) {
            return new ProbeResult.NotReady("the process runs, and nothing listens where its SIP profile should");
        }
        if (options instanceof ProbeResult.Alive alive) {
            NodeReport report = report(state, alive.report(), legsPerCall);
            return isUnwelcoming(state)
                    ? new ProbeResult.Overloaded(ASK_AGAIN, report)
                    : new ProbeResult.Alive(alive.roundTrip(), report);
        }
        if (options instanceof ProbeResult.Overloaded overloaded) {
            Duration after = overloaded.retryAfter().compareTo(ASK_AGAIN) < 0 ? overloaded.retryAfter() : ASK_AGAIN;
            return new ProbeResult.Overloaded(after, report(state, overloaded.report(), legsPerCall));
        }
        return options;
    }

    private static boolean isUnwelcoming(FreeSwitchState state) {
        return state.link() == Link.UP
                && (state.paused() || state.shuttingDown() || state.isFull() || state.lacksIdleCpu());
    }

    /** What the event socket said is better than what an answer to OPTIONS carries; when it is away, the life stays known. */
    static NodeReport report(FreeSwitchState state, NodeReport otherwise, int legsPerCall) {
        String life = state.coreUuid();
        boolean counted = state.link() == Link.UP && state.sessions().isPresent();
        return new NodeReport(
                life.isEmpty() || life.length() > LONGEST_LIFE || state.link() != Link.UP
                        ? otherwise.incarnation()
                        : new Incarnation(life),
                counted
                        ? OptionalInt.of((state.sessions().getAsInt() + legsPerCall - 1) / legsPerCall)
                        : otherwise.calls());
    }
}
