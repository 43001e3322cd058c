package io.tandemsip.core.view;

import io.tandemsip.core.capacity.Places;
import io.tandemsip.core.health.Outcomes;
import io.tandemsip.core.load.OverloadGate;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.selection.Candidate;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The part of a node that the routing path counts: places, weight in force, response times. Lives as long as the node's
 * id is configured, through every change of its configuration. Thread-safe.
 */
public final class LiveNode implements Candidate {
    private final Places<LiveCall> places;
    private final ResponseTimes responseTimes = new ResponseTimes();
    private final PeakResponse peakResponse;
    private final OverloadGate overload;
    private final LastShown shown = new LastShown();
    private final Ticker ticker;
    private volatile Node node;
    private volatile double slowStartFactor = 1;
    private final Outcomes outcomes = new Outcomes();
    private volatile @Nullable AtomicReference<@Nullable Object> trial;
    private volatile PeerLoad others = PeerLoad.NONE;
    private volatile @Nullable PeerLoad reported;
    private volatile boolean open;
    private volatile Identity identity = new Identity(Incarnation.UNKNOWN, 0);
    private volatile long lastAnsweredSentNanos;
    private volatile long throttledUntilNanos;

    /**
     * A node without calls, closed until a view admits it.
     *
     * @param node what is configured
     * @param ticker the loop's; read where a decayed time is asked for
     */
    public LiveNode(Node node, Ticker ticker) {
        long nowNanos = ticker.nanoTime();
        this.node = node;
        this.ticker = ticker;
        places = new Places<>(node.capacity(), nowNanos);
        peakResponse = new PeakResponse(nowNanos);
        overload = new OverloadGate(nowNanos);
    }

    @Override
    public Node node() {
        return node;
    }

    /**
     * Changes what is configured.
     *
     * @param changed the same id with other values
     * @param nowNanos now
     */
    public void node(Node changed, long nowNanos) {
        node = changed;
        places.capacity(changed.capacity(), nowNanos);
    }

    @Override
    public double weight() {
        return node.weight() * slowStartFactor;
    }

    /**
     * Sets the share of its weight that is in force.
     *
     * @param factor more than 0, at most 1
     */
    public void slowStart(double factor) {
        slowStartFactor = factor;
    }

    /**
     * The share of its weight that is in force.
     *
     * @return 1 unless it came back lately
     */
    public double slowStart() {
        return slowStartFactor;
    }

    @Override
    public int calls() {
        int own = places.taken();
        PeerLoad told = reported;
        return own + (told != null ? told : others).calls(own);
    }

    /**
     * The node said how many calls it has. What is more than this router's own is others' work, and counts here and
     * against its limit until it says something else; what this router adds or ends since counts by itself.
     *
     * @param total its calls by its own word
     */
    public void reported(int total) {
        int foreign = Math.max(0, total - places.taken());
        reported = new PeerLoad(foreign, 0);
        places.others(foreign);
    }

    /** What the node said is too old to count. */
    public void forgetReport() {
        reported = null;
        places.others(0);
    }

    /**
     * What other routers have on it.
     *
     * @param load as they said last
     */
    public void others(PeerLoad load) {
        others = load;
    }

    /**
     * How many calls the routers know there, without those that only the node itself spoke of.
     *
     * @return this router's own, and others' as far as they said
     */
    public int callsOfRouters() {
        int own = places.taken();
        return own + others.calls(own);
    }

    @Override
    public long responseTimeNanos() {
        return responseTimes.meanNanos();
    }

    @Override
    public long peakResponseNanos() {
        return peakResponse.nanos(ticker.nanoTime());
    }

    /**
     * A call goes to it.
     *
     * @param nowNanos now
     */
    public void asked(long nowNanos) {
        peakResponse.asked(nowNanos);
    }

    /**
     * A call failed there by the node's or the network's fault: as if a response had taken long.
     *
     * @param nowNanos now
     */
    public void failed(long nowNanos) {
        peakResponse.add(PeakResponse.FAILURE_NANOS, nowNanos);
    }

    /**
     * What a first response hardly ever exceeds.
     *
     * @return nanoseconds; 0 before the first one
     */
    public long responseLimitNanos() {
        return responseTimes.limitNanos();
    }

    /**
     * A first response came.
     *
     * @param elapsedNanos since the request was sent
     * @param nowNanos now
     */
    public void responded(long elapsedNanos, long nowNanos) {
        responseTimes.add(elapsedNanos);
        peakResponse.add(elapsedNanos, nowNanos);
        lastAnsweredSentNanos = nowNanos - elapsedNanos;
    }

    /**
     * When the request was sent that last had a first response.
     *
     * @return on the loop's ticker; 0 before the first one
     */
    public long lastAnsweredSentNanos() {
        return lastAnsweredSentNanos;
    }

    /**
     * It asked for less, perhaps not for the first time.
     *
     * @param untilNanos when that is over, on the loop's ticker
     */
    public void throttledUntil(long untilNanos) {
        throttledUntilNanos = untilNanos;
    }

    /**
     * When it is over that it asked for less.
     *
     * @return on the loop's ticker; means something while throttled only
     */
    public long throttledUntilNanos() {
        return throttledUntilNanos;
    }

    /**
     * What it asked for by overload control.
     *
     * @return keeps calls back
     */
    public OverloadGate overload() {
        return overload;
    }

    /**
     * How its calls come out.
     *
     * @return counters
     */
    public Outcomes outcomes() {
        return outcomes;
    }

    /**
     * It was ejected, and one call may try it; or it takes part as ever.
     *
     * @param opened whether a call may try it, also if one did before
     */
    public void trial(boolean opened) {
        trial = opened ? new AtomicReference<>() : null;
    }

    /**
     * Whether a call may come that is not the one which tries it.
     *
     * @return false while it is being tried
     */
    public boolean mayBeTried() {
        AtomicReference<@Nullable Object> now = trial;
        return now == null || now.get() == null;
    }

    /**
     * Whether one call is to try it, and none does so far.
     *
     * @return mostly false
     */
    public boolean isTrialDue() {
        AtomicReference<@Nullable Object> now = trial;
        return now != null && now.get() == null;
    }

    /**
     * A call comes.
     *
     * @param call which
     * @return false if another one is trying it
     */
    public boolean tryBy(Object call) {
        AtomicReference<@Nullable Object> now = trial;
        return now == null || now.compareAndSet(null, call);
    }

    /**
     * Whether a call is the one that tries it.
     *
     * @param call which
     * @return true if it is
     */
    public boolean isTriedBy(Object call) {
        AtomicReference<@Nullable Object> now = trial;
        return now != null && now.get() == call;
    }

    /**
     * Its places.
     *
     * @return who has a call on it
     */
    public Places<LiveCall> places() {
        return places;
    }

    /**
     * Whether operators let it have new calls. Read again after a place was taken, so that a drain that was accepted
     * before misses no call: either the call sees the closed gate, or the drain sees the call.
     *
     * @return false as soon as a drain is accepted
     */
    public boolean isOpen() {
        return open;
    }

    /**
     * Opens or closes it for new calls, ahead of the next view.
     *
     * @param isOpen whether new calls may come
     */
    public void open(boolean isOpen) {
        open = isOpen;
    }

    /**
     * Whether a limit keeps the next plain call out.
     *
     * @param nowNanos now
     * @return true if calls or their rate are used up
     */
    public boolean isFull(long nowNanos) {
        return !places.hasRoom(Map.of(), nowNanos, false);
    }

    /**
     * In which life it is, and under which epoch it owns new dialogs.
     *
     * @return both, of the same moment
     */
    public Identity identity() {
        return identity;
    }

    /**
     * Changes its life or its epoch.
     *
     * @param changed both
     */
    public void identity(Identity changed) {
        identity = changed;
    }

    /**
     * A node's life and epoch. Immutable.
     *
     * @param incarnation which life
     * @param epoch which epoch
     */
    public record Identity(Incarnation incarnation, long epoch) {
        /**
         * The same life.
         *
         * @param changed the epoch
         * @return with another epoch
         */
        public Identity withEpoch(long changed) {
            return new Identity(incarnation, changed);
        }
    }

    LastShown shown() {
        return shown;
    }

    String fullCause() {
        int max = node.capacity().maxCalls();
        if (places.taken() >= places.allowance()) {
            return places.taken() + " of this router's share of " + max + " calls";
        }
        int used = calls() + node.capacity().reserve();
        return used >= max
                ? calls() + " of " + max + " calls"
                        + (node.capacity().reserve() > 0
                                ? ", " + node.capacity().reserve() + " of them kept"
                                : "")
                : "calls per second: " + node.capacity().callsPerSecond();
    }

    @Override
    public String toString() {
        return node.toString();
    }
}
