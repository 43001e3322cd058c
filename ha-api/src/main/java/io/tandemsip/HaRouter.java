package io.tandemsip;

import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainRequest;
import io.tandemsip.drain.RollingDrainRequest;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.HaEventListener;
import io.tandemsip.event.Subscription;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.ClusterView;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.takeover.Takeover;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Routes calls over nodes: a new call to a node that can take it, each later request to the node that owns its dialog.
 * Asked by the host on its own threads; asks nobody on the way.
 *
 * <p>{@link #place}, {@link #locate}, {@link #ended}, {@link #report} and {@link #view} never block, lock or wait.
 * Thread-safe.
 */
public interface HaRouter extends AutoCloseable {
    /** The URI parameter of Record-Route and Route that carries the affinity cookie. */
    String COOKIE_PARAMETER = "td";

    /**
     * Begins to probe and to take calls. Nothing ran before.
     *
     * @return this
     * @throws IllegalStateException if it was started or closed before
     */
    HaRouter start();

    /**
     * Finds a node for a new call, and takes a place on it.
     *
     * @param call what is known of it
     * @return an attempt, or a refusal; never null, never an exception for what a call carries
     */
    Placement place(CallRequest call);

    /**
     * A node calls out through this router: its call counts on it like those that were placed there, holds up its drain,
     * and later requests of its dialogs reach it, by {@link CallAttempt#cookie()} too. No limit is asked, since the node has
     * the call already, and what the far side answers is no evidence about the node. If the attempt fails no other node
     * is tried. Who is a node has to be known from where the request came, never from what it says.
     *
     * @param node the node's name
     * @param call its INVITE
     * @return the call's attempt; empty if there is no such node, or the router is closed
     */
    Optional<CallAttempt> originated(NodeId node, CallRequest call);

    /**
     * Finds the owner of a dialog. The stage is complete already whenever the request's cookie or this router's memory
     * answers; else it waits for the store, without a thread.
     *
     * @param request what is known of it
     * @return where it goes; never fails
     */
    CompletionStage<DialogRoute> locate(DialogRequest request);

    /**
     * A dialog is over: BYE was answered, or its owner does not know it. Gives back what it held, once. Unknown dialogs
     * are ignored.
     *
     * <p>Several routers may count the same dialog, and learn of its end by the dialog store. A router that is killed between the answer
     * to a BYE and that write takes the knowledge with it, and the others count the dialog, and wait for it in a drain, until
     * it has been silent for its time to live. A host that keeps the answer back until this is done, for a bounded time, leaves nothing
     * behind: the BYE is repeated then, and comes through another router.
     *
     * @param dialog in any orientation
     * @param how how it ended
     * @return done, never failed, when other routers can learn of it; at once where there are none, and as soon as the store is in doubt
     */
    CompletionStage<Void> ended(DialogId dialog, DialogEnd how);

    /**
     * A dialog lives: a response within it passed, perhaps with a session interval (RFC 4028). Requests asked for by
     * {@link #locate} count by themselves.
     *
     * @param dialog in any orientation
     * @param sessionInterval its Session-Expires; zero if there is none
     */
    void refreshed(DialogId dialog, Duration sessionInterval);

    /**
     * Keys for something else than cookies, derived from those that sign cookies: equal in every router that has the same ones, and of no
     * use for a cookie. They change when those change.
     *
     * @param purpose what they are for
     * @return 32 bytes each, not to be changed: the first is to be used, all are to be accepted; the same list as long as the keys are
     *     the same; none of a router that signs nothing
     */
    default List<byte[]> derivedKeys(String purpose) {
        return List.of();
    }

    /**
     * Tells what traffic outside of attempts told about a node.
     *
     * @param node whom; unknown ones are ignored
     * @param outcome what was seen
     */
    void report(NodeId node, TrafficOutcome outcome);

    /**
     * All nodes as of now.
     *
     * @return a snapshot
     */
    ClusterView view();

    /**
     * Where a call would go now, and why. Takes no place; a strategy that goes by turns may count it as one.
     *
     * @param call what is known of it
     * @return the explanation
     */
    Explanation explain(CallRequest call);

    /**
     * Where a request would go now, and why. Changes nothing.
     *
     * @param request what is known of it
     * @return the explanation; never fails
     */
    CompletionStage<Explanation> explain(DialogRequest request);

    /**
     * The last placements. Retained whether anybody asks or not; why others were passed over is worked out on demand, by
     * {@link #explainDecision}.
     *
     * @return oldest first; empty if the router keeps none
     */
    default List<Decision> decisions() {
        return List.of();
    }

    /**
     * Why a call went where it went, on the view that the decision was taken on.
     *
     * @param callId its Call-ID
     * @return of its latest placement; empty if that is not among {@link #decisions}
     */
    default Optional<Explanation> explainDecision(String callId) {
        return Optional.empty();
    }

    /**
     * What was counted since the router was made, for metrics.
     *
     * @return as of now
     */
    default RouterStatistics statistics() {
        return RouterStatistics.NONE;
    }

    /**
     * What those who send calls here should be told, by what had to be refused for want of a node that can take it.
     *
     * @return reckoned anew twice a second
     */
    default OverloadAdvice overloadAdvice() {
        return OverloadAdvice.NONE;
    }

    /**
     * How the router gets on with its stores. While one is away routing goes on; what is left of affinity is said here.
     *
     * @return as of now
     */
    default StoreStatus storeStatus() {
        return StoreStatus.WELL;
    }

    /**
     * How the shadow strategy would have done.
     *
     * @return what is known so far; empty without a shadow strategy
     */
    default Optional<ShadowReport> shadowReport() {
        return Optional.empty();
    }

    /**
     * Begins to order a drain.
     *
     * @param node the node's name
     * @return collects the rest
     * @throws IllegalArgumentException if there is no such node
     */
    DrainRequest drain(String node);

    /**
     * Begins to order a rolling drain: every node of a pool, a few at a time, never more than the rest can do without.
     *
     * @param pool the pool's name
     * @return collects the rest
     * @throws IllegalArgumentException if there is no such pool
     */
    RollingDrainRequest rollingDrain(String pool);

    /**
     * Whether a pool survives the loss of one node more, by the calls of this router as of now.
     *
     * @param pool the pool's name
     * @return the numbers, without a reserve
     * @throws IllegalArgumentException if there is no such pool
     */
    Headroom headroom(String pool);

    /**
     * All drains under way, and the last one of each node.
     *
     * @return sorted by node
     */
    List<Drain> drains();

    /**
     * The take-overs of each node whose dialogs moved, or were to: the last one, and those before, which decide where requests of
     * dialogs go that moved then; of each node the last 16.
     *
     * @return sorted by node, those of a node in the order in which they were; empty without take-over
     */
    default List<Takeover> takeovers() {
        return List.of();
    }

    /**
     * Takes a node out at once: no new calls; its dialogs still reach it.
     *
     * @param node the node's name
     * @param reason why, for people
     * @return completed when in force
     * @throws IllegalArgumentException if there is no such node
     */
    CompletionStage<NodeSnapshot> takeOut(String node, String reason);

    /**
     * Says how a node is, whatever the evidence, for a time: a node that is known to be well though it looks bad, or the
     * other way round. In place of an earlier word. Events tell when it begins and when it is over.
     *
     * @param node the node's name
     * @param health {@code HEALTHY}, {@code SUSPECT} (new calls only if nobody else is left) or {@code DOWN}
     * @param time for how long, more than zero
     * @param reason why, for people
     * @return completed when in force
     * @throws IllegalArgumentException if there is no such node, or a value is out of range
     */
    CompletionStage<NodeSnapshot> overrideHealth(String node, HealthState health, Duration time, String reason);

    /**
     * Takes back what {@link #overrideHealth} said, before its time: from now on evidence counts.
     *
     * @param node the node's name
     * @return completed when in force
     * @throws IllegalArgumentException if there is no such node
     */
    CompletionStage<NodeSnapshot> clearOverride(String node);

    /**
     * Puts a node into service: after a drain, or after it was taken out. A drain under way is cancelled. The node comes
     * back with slow start.
     *
     * @param node the node's name
     * @param reason why, for people
     * @return completed when in force
     * @throws IllegalArgumentException if there is no such node
     */
    CompletionStage<NodeSnapshot> returnToService(String node, String reason);

    /**
     * Tells a listener from now on.
     *
     * @param listener whom
     * @return ends it
     */
    Subscription listen(HaEventListener listener);

    /**
     * The last events, for whoever comes later.
     *
     * @return oldest first, a few hundred at most
     */
    List<HaEvent> recentEvents();

    /**
     * Ends everything: probes, timers, threads. Idempotent; takes 5 s at most, and logs what was left undone. Calls that
     * are up go on without the router.
     */
    @Override
    void close();
}
