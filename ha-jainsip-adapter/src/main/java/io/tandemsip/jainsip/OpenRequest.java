package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.node.Node;
import java.util.Optional;
import javax.sip.ClientTransaction;
import org.jspecify.annotations.Nullable;

/**
 * A request that went to a node, for as long as copies of it or of its answers may come. One that begins something has
 * attempts, told apart by the branches that the host sent them by; one within a dialog has a node. Thread-safe.
 */
final class OpenRequest {
    private final RequestKey key;
    private final String method;
    private final long begunAtNanos;
    private final Node owner;
    private volatile @Nullable Sent sent;
    private volatile @Nullable CallAttempt attempt;
    private volatile boolean heard;
    private volatile boolean finished;
    private volatile boolean forgotten;
    private volatile long finishedAtNanos;
    private volatile long aliveAtNanos;
    private volatile String alarmed = "";
    private volatile @Nullable Moved moved;

    private OpenRequest(RequestKey key, String method, long nowNanos, Node owner, @Nullable CallAttempt attempt) {
        this.key = key;
        this.method = method;
        this.begunAtNanos = nowNanos;
        this.aliveAtNanos = nowNanos;
        this.owner = owner;
        this.attempt = attempt;
    }

    static OpenRequest placed(RequestKey key, String method, long nowNanos, CallAttempt attempt) {
        return new OpenRequest(key, method, nowNanos, attempt.node(), attempt);
    }

    static OpenRequest located(RequestKey key, String method, long nowNanos, Node owner) {
        return new OpenRequest(key, method, nowNanos, owner, null);
    }

    RequestKey key() {
        return key;
    }

    String method() {
        return method;
    }

    long begunAtNanos() {
        return begunAtNanos;
    }

    /** Where it is now. */
    Node node() {
        CallAttempt now = attempt;
        return now == null ? owner : now.node();
    }

    /** The attempt under way; empty for a request within a dialog. */
    Optional<CallAttempt> attempt() {
        return Optional.ofNullable(attempt);
    }

    /** The attempt that was sent by a branch; the one under way if the host did not say. */
    Optional<CallAttempt> attemptBy(String branch) {
        Sent known = sentBy(branch);
        return known == null ? attempt() : Optional.of(known.by());
    }

    private @Nullable Sent sentBy(String branch) {
        Sent each = sent;
        while (each != null && !each.branch().equals(branch)) {
            each = each.before();
        }
        return each;
    }

    /** An attempt leaves by a branch. */
    synchronized void leaves(String branch, CallAttempt by) {
        if (!branch.isEmpty() && sentBy(branch) == null) {
            sent = new Sent(branch, by, sent);
        }
    }

    /** That a branch is an attempt's; nearly always there is one. Immutable. */
    private record Sent(
            String branch, CallAttempt by, @Nullable Sent before) {}

    /** The stack will say when nothing came back by this branch for a while. */
    void alarms(String branch) {
        alarmed = branch;
    }

    boolean isAlarmed(String branch) {
        return alarmed.equals(branch);
    }

    /** The branches that it went on by in its host's stead; null if it did not. */
    @Nullable
    Moved moved() {
        return moved;
    }

    /** It is to go on by another branch than this one. */
    synchronized Moved movesFrom(ClientTransaction by, String branch) {
        Moved known = moved;
        if (known == null) {
            known = new Moved(by, branch);
            moved = known;
        }
        return known;
    }

    /** Goes on at another node; false if it did so before. */
    synchronized boolean moves(CallAttempt from, CallAttempt to) {
        boolean first = attempt == from;
        if (first) {
            attempt = to;
            finished = false;
        }
        return first;
    }

    /** Whether a response is the first of all. */
    boolean isFirstResponse() {
        boolean first = !heard;
        heard = true;
        return first;
    }

    /** A provisional answer is there: who rings, or waits in a queue, may do so for long, as Timer C begins anew with it. */
    void lives(long nowNanos) {
        aliveAtNanos = nowNanos;
    }

    /** Whether a final answer is there. */
    boolean isFinished() {
        return finished;
    }

    /** A final answer is there. */
    void finish(long nowNanos) {
        finishedAtNanos = nowNanos;
        finished = true;
    }

    boolean isForgotten() {
        return forgotten;
    }

    /** Nothing more is to be known of it. */
    void forget() {
        forgotten = true;
    }

    /** Whether no copy of anything is to be expected any more. */
    boolean isOver(long nowNanos, long copiesNanos, long unansweredNanos) {
        if (forgotten) {
            return true;
        }
        return finished ? nowNanos - finishedAtNanos > copiesNanos : nowNanos - aliveAtNanos > unansweredNanos;
    }
}
