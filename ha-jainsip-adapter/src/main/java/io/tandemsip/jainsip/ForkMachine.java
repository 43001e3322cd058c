package io.tandemsip.jainsip;

import io.tandemsip.jainsip.ForkStatus.Leg;
import io.tandemsip.jainsip.ForkStatus.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sip.message.Response;

/**
 * Who is asked, cancelled and listened to when an INVITE goes to several contacts (RFC 3261 sections 16.6 and 16.7). Pure: no
 * clock, no thread, no I/O. Immutable.
 *
 * <p>One group of contacts rings at once; the next is asked if nobody of it was there. The first 2xx ends the search, and so
 * does a 6xx; every later 2xx goes to the caller all the same, who alone can end what it made.
 */
final class ForkMachine {
    /** What tells the caller how to ask again, and is chosen before others of its class (RFC 3261 section 16.7 step 6). */
    private static final Set<Integer> HELPFUL = Set.of(
            Response.UNAUTHORIZED,
            Response.PROXY_AUTHENTICATION_REQUIRED,
            Response.UNSUPPORTED_MEDIA_TYPE,
            Response.BAD_EXTENSION,
            Response.ADDRESS_INCOMPLETE);

    private ForkMachine() {}

    static ForkStep on(ForkStatus status, ForkEvent event) {
        return switch (status.phase()) {
            case RINGING, DECLINED -> undecided(status, event);
            case ANSWERED -> answered(status, event);
            case OVER -> same(status);
        };
    }

    private static ForkStep undecided(ForkStatus status, ForkEvent event) {
        if (event instanceof ForkEvent.Begun) {
            return ask(status);
        }
        if (event instanceof ForkEvent.Cancelled) {
            List<ForkEffect> effects = new ArrayList<>();
            status.openInOrder().forEach(branch -> effects.add(new ForkEffect.GiveUp(branch)));
            effects.add(new ForkEffect.Terminate());
            return new ForkStep(nobodyAsked(status).in(Phase.OVER), effects);
        }
        if (event instanceof ForkEvent.Provisional provisional) {
            return status.open().containsKey(provisional.branch()) && status.phase() == Phase.RINGING
                    ? step(status.with(provisional.branch(), Leg.HEARD), new ForkEffect.Forward(provisional.branch()))
                    : same(status);
        }
        if (event instanceof ForkEvent.Accepted accepted) {
            return status.open().containsKey(accepted.branch()) ? accept(status, accepted.branch()) : same(status);
        }
        ForkEvent.Failed failed = (ForkEvent.Failed) event;
        return status.open().containsKey(failed.branch()) ? fail(status, failed) : same(status);
    }

    private static ForkStatus nobodyAsked(ForkStatus status) {
        ForkStatus none = status;
        for (int branch : status.openInOrder()) {
            none = none.without(branch);
        }
        return none;
    }

    private static ForkStep ask(ForkStatus status) {
        ForkStatus asking = status.asking();
        List<ForkEffect> effects = new ArrayList<>();
        status.left().get(0).forEach(branch -> effects.add(new ForkEffect.Send(branch)));
        return new ForkStep(asking, effects);
    }

    private static ForkStep accept(ForkStatus status, int branch) {
        List<ForkEffect> effects = new ArrayList<>();
        effects.add(new ForkEffect.Accept(branch));
        return new ForkStep(cancelHeard(status.without(branch).in(Phase.ANSWERED), effects), effects);
    }

    /** What was not heard of is cancelled when it is. */
    private static ForkStatus cancelHeard(ForkStatus status, List<ForkEffect> effects) {
        ForkStatus now = status;
        for (int branch : status.openInOrder()) {
            if (status.open().get(branch) == Leg.HEARD) {
                now = now.with(branch, Leg.CANCELLED);
                effects.add(new ForkEffect.Cancel(branch));
            }
        }
        return now;
    }

    private static ForkStep fail(ForkStatus status, ForkEvent.Failed failed) {
        ForkStatus now = status.without(failed.branch()).judged(failed);
        List<ForkEffect> effects = new ArrayList<>();
        if (failed.status() >= 600 && now.phase() == Phase.RINGING) {
            now = decline(now, effects);
        }
        if (!now.open().isEmpty()) {
            return new ForkStep(now, effects);
        }
        if (!now.left().isEmpty() && !now.spoken()) {
            return ask(now);
        }
        effects.add(new ForkEffect.Conclude(now.best().orElse(failed).branch()));
        return new ForkStep(now.in(Phase.OVER), effects);
    }

    /** A 2xx that is under way still counts, so what was cancelled is waited for; not what was never heard of. */
    private static ForkStatus decline(ForkStatus status, List<ForkEffect> effects) {
        ForkStatus now = cancelHeard(status.in(Phase.DECLINED), effects);
        for (int branch : now.openInOrder()) {
            if (now.open().get(branch) == Leg.SENT) {
                now = now.without(branch);
                effects.add(new ForkEffect.GiveUp(branch));
            }
        }
        return now;
    }

    private static ForkStep answered(ForkStatus status, ForkEvent event) {
        if (event instanceof ForkEvent.Accepted accepted && status.open().containsKey(accepted.branch())) {
            return step(status.without(accepted.branch()), new ForkEffect.Accept(accepted.branch()));
        }
        if (event instanceof ForkEvent.Failed failed) {
            return new ForkStep(status.without(failed.branch()), List.of());
        }
        return event instanceof ForkEvent.Provisional provisional
                        && status.open().get(provisional.branch()) == Leg.SENT
                ? step(status.with(provisional.branch(), Leg.CANCELLED), new ForkEffect.Cancel(provisional.branch()))
                : same(status);
    }

    /** Lowest first: a 6xx, else the lowest class; within 4xx what helps, then what somebody said who was there. */
    static int rank(ForkEvent.Failed failed) {
        int kind = failed.status() / 100;
        if (kind >= 6) {
            return 0;
        }
        if (kind == 4) {
            return HELPFUL.contains(failed.status()) ? 40 : failed.absent() ? 42 : 41;
        }
        return kind * 10 + (failed.status() == Response.SERVICE_UNAVAILABLE ? 1 : 0);
    }

    private static ForkStep step(ForkStatus status, ForkEffect effect) {
        return new ForkStep(status, List.of(effect));
    }

    private static ForkStep same(ForkStatus status) {
        return new ForkStep(status, List.of());
    }
}
