package io.tandemsip.core.route;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Explanation;
import io.tandemsip.FailoverPolicy;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.Placement.Cause;
import io.tandemsip.Placement.Placed;
import io.tandemsip.Placement.Refused;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.drain.CallLengths;
import io.tandemsip.core.jfr.PlacementEvent;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.core.view.PoolView;
import io.tandemsip.core.view.RoutingView;
import io.tandemsip.core.view.Tier;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.selection.Selector;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Places calls. Runs on the callers' threads: one volatile read of the view, the selector, a place, and no lock.
 * Thread-safe.
 */
final class RoutingPath {
    private static final int EXTRA_PICKS = 4;
    private static final Duration STORE_RETRY = Duration.ofSeconds(2);
    private static final String PREFERRED = "the call prefers it";

    private final Wiring wiring;
    private final LiveCalls calls = new LiveCalls();
    private final CallLengths lengths = new CallLengths();
    private final Transactions transactions = new Transactions();
    private final boolean[] gated;
    private final RetryTokens retries;
    private volatile RoutingView view = RoutingView.EMPTY;
    private volatile boolean closed;
    private volatile boolean refusesCalls;

    RoutingPath(Wiring wiring) {
        this.wiring = wiring;
        gated = Wiring.gated(wiring.matrix());
        retries =
                new RetryTokens(wiring.failover().retryBudget(), wiring.ticker().nanoTime());
    }

    // --- the view ---

    RoutingView view() {
        return view;
    }

    void view(RoutingView changed) {
        view = changed;
    }

    void close() {
        closed = true;
    }

    // --- placing ---

    Placement place(CallRequest call) {
        PlacementEvent event = new PlacementEvent();
        event.begin();
        Placement placement =
                call.transaction().isEmpty() ? first(call) : transactions.placement(call, () -> first(call));
        event.end();
        wiring.counters().settled(placement);
        if (event.shouldCommit()) {
            event.record(call.callId(), call.pool(), outcome(placement));
        }
        return placement;
    }

    private static String outcome(Placement placement) {
        return placement.fold(
                attempt -> attempt.node().id().value(),
                refused -> refused.cause().name());
    }

    private Placement first(CallRequest call) {
        if (closed) {
            return new Refused(503, Duration.ZERO, Cause.CLOSED, "the router is closed");
        }
        if (refusesCalls) {
            return new Refused(
                    wiring.failover().unavailableStatus(),
                    STORE_RETRY,
                    Cause.STORE_AWAY,
                    "the dialog store is away, and the policy refuses new calls then");
        }
        return place(call, null);
    }

    /** Whether new calls are refused until told otherwise. */
    void refuseCalls(boolean refuse) {
        refusesCalls = refuse;
    }

    /** The node has the call already, so no limit is asked. */
    Optional<CallAttempt> originated(NodeId node, CallRequest call) {
        NodeStatus status = view.node(node);
        if (status == null || closed) {
            return Optional.empty();
        }
        Placement placement = call.transaction().isEmpty()
                ? originated(status.live(), call)
                : transactions.placement(call, () -> originated(status.live(), call));
        return placement.fold(Optional::of, refused -> Optional.empty());
    }

    private Placement originated(LiveNode node, CallRequest call) {
        Attempt attempt = Attempt.originated(this, call, view.version(), nowNanos());
        attempt.placedOn(node, "the node itself");
        node.places().take(attempt, call.resources());
        return new Placed(attempt);
    }

    private Placement place(CallRequest call, @Nullable Attempt previous) {
        RoutingView now = view;
        PoolView pool = now.pool(call.pool());
        if (pool == null) {
            return new Refused(
                    404, Duration.ZERO, Cause.NO_SUCH_POOL, "pool: \"" + call.pool() + "\"; expected a configured one");
        }
        Attempt attempt = new Attempt(this, call, previous, now.version(), nowNanos());
        int gatedTiers = pool.gatedTiers(call.trafficClass());
        boolean trials = pool.hasTrials(call.trafficClass());
        for (Tier tier : pool.tiers(call.trafficClass(), wiring.random().get())) {
            boolean isGated = gatedTiers-- > 0;
            if (pick(tier, attempt, isGated, isGated && trials)) {
                placed(attempt, tier);
                return new Placed(attempt);
            }
        }
        Duration retryAfter = RetryAfter.of(pool, wiring.health(), nowNanos());
        int status = wiring.failover().unavailableStatus();
        return previous == null
                ? new Refused(status, retryAfter, Cause.NO_ELIGIBLE_NODE, "no eligible node in pool " + pool.name())
                : new Refused(status, retryAfter, Cause.NODES_EXHAUSTED, "no node left after " + previous.ordinal());
    }

    private void placed(Attempt attempt, Tier tier) {
        RouterCounters counters = wiring.counters();
        counters.placed(attempt.ordinal());
        if (counters.isTimed(attempt.callId())) {
            counters.took(nowNanos() - attempt.begunAtNanos());
        }
        wiring.watch().placed(attempt, tier);
    }

    private boolean pick(Tier tier, Attempt attempt, boolean isGated, boolean hasTrials) {
        attempt.asks(tier.nodes(), isGated);
        for (int tries = tier.nodes().length + EXTRA_PICKS; tries > 0; tries--) {
            int index = choose(tier, attempt, hasTrials);
            if (index == Selector.NONE) {
                return false;
            }
            if (take(tier.nodes()[index], attempt, isGated)) {
                attempt.placedOn(tier.nodes()[index], decidedBy(tier, tier.nodes()[index], attempt.call()));
                tier.nodes()[index].asked(attempt.begunAtNanos());
                return true;
            }
        }
        return false;
    }

    static String decidedBy(Tier tier, LiveNode node, CallRequest call) {
        return isPreferred(node, call) ? PREFERRED : tier.decidedBy();
    }

    private static boolean isPreferred(LiveNode node, CallRequest call) {
        return call.preferredNode().isPresent() && call.preferredNode().get().equals(node.id());
    }

    private static int preferred(Tier tier, Attempt attempt) {
        if (attempt.call().preferredNode().isPresent()) {
            for (int i = 0; i < tier.nodes().length; i++) {
                if (isPreferred(tier.nodes()[i], attempt.call()) && attempt.isAvailable(i)) {
                    return i;
                }
            }
        }
        return Selector.NONE;
    }

    /**
     * Whom the call prefers; else who is to be tried; else what the strategy picks; what this router picks if the strategy
     * breaks its promise.
     */
    private int choose(Tier tier, Attempt attempt, boolean hasTrials) {
        int preferred = preferred(tier, attempt);
        if (preferred != Selector.NONE) {
            return preferred;
        }
        int due = hasTrials ? dueTrial(tier, attempt) : Selector.NONE;
        return due == Selector.NONE ? choose(tier, attempt) : due;
    }

    /** The next call tries: a strategy that goes by weight or load might leave the node alone for as long as few calls come. */
    private static int dueTrial(Tier tier, Attempt attempt) {
        for (int i = 0; i < tier.nodes().length; i++) {
            if (tier.nodes()[i].isTrialDue() && attempt.isAvailable(i)) {
                return i;
            }
        }
        return Selector.NONE;
    }

    private int choose(Tier tier, Attempt attempt) {
        RandomGenerator random = wiring.random().get();
        String broken;
        try {
            int index = tier.selector().pick(attempt.call(), attempt, random);
            if (index >= 0 && index < tier.nodes().length && attempt.isAvailable(index)) {
                return index;
            }
            broken = index == Selector.NONE ? "picked nobody though some were available" : "picked " + index;
        } catch (RuntimeException | Error failure) {
            broken = failure.toString();
        }
        int own = scan(tier.nodes().length, attempt, random);
        if (own != Selector.NONE) {
            wiring.failures().report("strategy " + tier.decidedBy(), broken);
        }
        return own;
    }

    private static int scan(int size, Attempt attempt, RandomGenerator random) {
        int start = random.nextInt(size);
        for (int i = 0; i < size; i++) {
            int index = (start + i) % size;
            if (attempt.isAvailable(index)) {
                return index;
            }
        }
        return Selector.NONE;
    }

    /** Where a call would go now; takes no place. */
    Explanation explain(CallRequest call) {
        RoutingView now = view;
        PoolView pool = now.pool(call.pool());
        if (pool != null) {
            Attempt dry = new Attempt(this, call, null, now.version(), nowNanos());
            int gatedTiers = pool.gatedTiers(call.trafficClass());
            for (Tier tier : pool.tiers(call.trafficClass(), wiring.random().get())) {
                boolean isGated = gatedTiers-- > 0;
                dry.asks(tier.nodes(), isGated);
                int index = choose(tier, dry, isGated && pool.hasTrials(call.trafficClass()));
                if (index != Selector.NONE) {
                    return wiring.explainer().of(call, now, tier.nodes()[index]);
                }
            }
        }
        return wiring.explainer().of(call, now, null);
    }

    /** Takes a place, then looks at the gate again: a drain that was accepted before either sees this call or stops it. */
    private boolean take(LiveNode node, Attempt attempt, boolean isGated) {
        CallRequest call = attempt.call();
        TrafficClass traffic = call.trafficClass();
        if (!traffic.takesPlace()) {
            return true;
        }
        if (!node.places().tryTake(attempt, call.resources(), attempt.begunAtNanos(), isPriority(traffic))) {
            return false;
        }
        if ((gated[traffic.ordinal()] && !node.isOpen())
                || !passesControl(node, attempt)
                || (isGated && !node.tryBy(attempt))) {
            node.places().giveBack(attempt, call.resources());
            return false;
        }
        if (node.places().runsLow()) {
            wiring.evidence().placesLow(node);
        }
        return true;
    }

    private static boolean passesControl(LiveNode node, Attempt attempt) {
        long now = attempt.begunAtNanos();
        return node.overload().isIdle(now)
                || node.overload()
                        .tryPass(attempt.draw(), isPriority(attempt.call().trafficClass()), now);
    }

    boolean hasRoom(LiveNode node, Attempt attempt) {
        CallRequest call = attempt.call();
        TrafficClass traffic = call.trafficClass();
        long now = attempt.begunAtNanos();
        return (!gated[traffic.ordinal()] || node.isOpen())
                && (!traffic.takesPlace()
                        || (node.places().hasRoom(call.resources(), now, isPriority(traffic))
                                && !isKeptBack(node, attempt)));
    }

    boolean isKeptBack(LiveNode node, Attempt attempt) {
        long now = attempt.begunAtNanos();
        return !node.overload().isIdle(now)
                && !node.overload()
                        .hasRoom(attempt.draw(), isPriority(attempt.call().trafficClass()), now);
    }

    double draw() {
        return wiring.random().get().nextDouble();
    }

    private static boolean isPriority(TrafficClass traffic) {
        return traffic == TrafficClass.PRIORITY;
    }

    // --- what attempts need ---

    /** The next node, or what to tell the caller. */
    Placement afterFailure(Attempt attempt, boolean rang, Failure failure) {
        FailoverPolicy policy = wiring.failover();
        Refused answer = FinalAnswer.to(failure, policy);
        if (answer != null) {
            return answer;
        }
        boolean media = attempt.hadEarlyMedia() && !policy.afterEarlyMedia();
        if (media || (rang && !policy.afterProvisional())) {
            return FinalAnswer.afterProvisional(failure);
        }
        if (attempt.ordinal() >= policy.maxAttempts()) {
            return refusal(attempt, Cause.NODES_EXHAUSTED, "tried " + attempt.ordinal() + " nodes");
        }
        if (nowNanos() - attempt.firstBegunAtNanos() > Nanos.of(policy.totalWithin())) {
            return FinalAnswer.outOfTime(failure);
        }
        return closed ? first(attempt.call()) : again(attempt);
    }

    /** Whether a call would have another node if its own were lost now. Takes no place, and nothing of the budget. */
    boolean mayMoveOn(Attempt attempt) {
        return attempt.ordinal() < wiring.failover().maxAttempts()
                && retries.hasOne(nowNanos(), wiring.counters().placed())
                && hasNodeAfter(attempt);
    }

    private boolean hasNodeAfter(Attempt attempt) {
        PoolView pool = view.pool(attempt.call().pool());
        if (pool == null) {
            return false;
        }
        TrafficClass traffic = attempt.call().trafficClass();
        Attempt next = new Attempt(this, attempt.call(), attempt, view.version(), nowNanos());
        int gatedTiers = pool.gatedTiers(traffic);
        for (Tier tier : pool.tiers(traffic)) {
            next.asks(tier.nodes(), gatedTiers-- > 0);
            for (int i = 0; i < tier.nodes().length; i++) {
                if (next.isAvailable(i)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Another node, if the budget for further attempts allows one. */
    private Placement again(Attempt attempt) {
        if (!retries.take(nowNanos(), wiring.counters().placed())) {
            return refusal(attempt, Cause.RETRY_BUDGET, "too many calls fail to try each again");
        }
        Placement next = place(attempt.call(), attempt);
        next.match(found -> {}, none -> retries.giveBack());
        return next;
    }

    private Refused refusal(Attempt attempt, Cause cause, String reason) {
        PoolView pool = view.pool(attempt.call().pool());
        Duration retryAfter = pool == null ? Duration.ZERO : RetryAfter.of(pool, wiring.health(), nowNanos());
        return new Refused(wiring.failover().unavailableStatus(), retryAfter, cause, reason);
    }

    Placement over(CallAttempt.State state) {
        return new Refused(487, Duration.ZERO, Cause.CALL_OVER, "the attempt is over: " + state);
    }

    void begin(Attempt attempt) {
        calls.add(attempt);
    }

    void release(LiveCall call, Map<String, Integer> demand) {
        if (call.isKnownByCallId()) {
            calls.remove(call);
        }
        LiveNode live = call.live();
        if (live.places().giveBack(call, demand) && !live.isOpen()) {
            wiring.evidence().callEnded(live);
        }
    }

    /** A call that was up has ended, at a moment that is known. */
    void lasted(LiveCall call) {
        lengths.add(nowNanos() - call.begunAtNanos());
    }

    CallLengths lengths() {
        return lengths;
    }

    /** A call that was given up turned out to be up. */
    void takeBack(Attempt attempt) {
        attempt.live().places().take(attempt, attempt.call().resources());
        calls.add(attempt);
    }

    /** An attempt knows a dialog as its own: what a request that overtook the answer had taken up of it is the same call. */
    void confirmed(DialogId dialog) {
        AdoptedCall taken = calls.takenUp(dialog);
        if (taken != null) {
            taken.givesWay();
        }
    }

    void heard(Attempt attempt, long sinceNanos) {
        long now = nowNanos();
        LiveNode live = attempt.live();
        live.responded(Math.max(1, now - sinceNanos), now);
        wiring.evidence().heard(live);
    }

    void silence(Attempt attempt) {
        wiring.evidence().sent(attempt);
    }

    void succeeded(Attempt attempt) {
        wiring.evidence().succeeded(attempt);
    }

    void judge(Attempt attempt, Failure failure) {
        if (!(failure instanceof Failure.Response response) || response.statusCode() / 100 == 5) {
            attempt.live().failed(nowNanos());
        }
        wiring.evidence().failed(attempt, failure);
    }

    void advise(Consumer<Failure> action, Failure failure) {
        try {
            wiring.effects().execute(() -> call(action, failure));
        } catch (RejectedExecutionException noThread) {
            wiring.failures().report("executor", "took no task; a call on a lost node waits for its host's timers");
        }
    }

    private void call(Consumer<Failure> action, Failure failure) {
        try {
            action.accept(failure);
        } catch (RuntimeException | Error broken) {
            wiring.failures().report("whenNodeLost action", broken.toString());
        }
    }

    Explanation explain(Attempt attempt) {
        return wiring.explainer().of(attempt, view);
    }

    FailoverPolicy failover() {
        return wiring.failover();
    }

    RouterCounters counters() {
        return wiring.counters();
    }

    DecisionWatch watch() {
        return wiring.watch();
    }

    LiveCalls calls() {
        return calls;
    }

    Transactions transactions() {
        return transactions;
    }

    Bindings bindings() {
        return wiring.bindings();
    }

    DialogTimes times() {
        return wiring.times();
    }

    long nowNanos() {
        return wiring.ticker().nanoTime();
    }
}
