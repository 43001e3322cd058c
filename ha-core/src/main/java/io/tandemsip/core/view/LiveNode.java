package io.tandemsip.core.view;

import io.tandemsip.core.capacity.Places;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.selection.Candidate;
import java.util.Map;

/**
 * The part of a node that the routing path counts: places, weight in force, response times. Lives as long as the node's
 * id is configured, through every change of its configuration. Thread-safe.
 */
public final class LiveNode implements Candidate {
    private final Places<LiveCall> places;
    private final ResponseTimes responseTimes = new ResponseTimes();
    private volatile Node node;
    private volatile double slowStartFactor = 1;
    private volatile PeerLoad others = PeerLoad.NONE;
    private volatile boolean open;
    private volatile Identity identity = new Identity(Incarnation.UNKNOWN, 0);
    private volatile long lastAnsweredSentNanos;

    /**
     * A node without calls, closed until a view admits it.
     *
     * @param node what is configured
     * @param nowNanos now
     */
    public LiveNode(Node node, long nowNanos) {
        this.node = node;
        places = new Places<>(node.capacity(), nowNanos);
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
        return own + others.calls(own);
    }

    /**
     * What other routers have on it.
     *
     * @param load as they said last
     */
    public void others(PeerLoad load) {
        others = load;
    }

    @Override
    public long responseTimeNanos() {
        return responseTimes.meanNanos();
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
        return !places.hasRoom(Map.of(), nowNanos);
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
    public record Identity(Incarnation incarnation, long epoch) {}

    String fullCause() {
        int max = node.capacity().maxCalls();
        return places.taken() >= max
                ? places.taken() + " of " + max + " calls"
                : "calls per second: " + node.capacity().callsPerSecond();
    }

    @Override
    public String toString() {
        return node.toString();
    }
}
