package io.tandemsip.jainsip;

import io.tandemsip.node.NodeId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The response contexts that live: found by the branch that a response names, and by the transaction that a CANCEL
 * names. Holds a context from its request until its final response, no longer. Thread-safe.
 */
final class Contexts {
    private final Map<String, UnderWay> byBranch = new ConcurrentHashMap<>();
    private final Map<String, UnderWay> byTransaction = new ConcurrentHashMap<>();
    private final LongAdder broken = new LongAdder();

    void begin(String transactionKey, UnderWay context) {
        byTransaction.put(transactionKey, context);
    }

    void end(String transactionKey, UnderWay context) {
        byTransaction.remove(transactionKey, context);
    }

    void open(Branch branch, UnderWay context) {
        byBranch.put(branch.id(), context);
    }

    void close(Branch branch) {
        byBranch.remove(branch.id());
    }

    Optional<UnderWay> ofBranch(String branch) {
        return Optional.ofNullable(byBranch.get(branch));
    }

    Optional<UnderWay> ofTransaction(String transactionKey) {
        return Optional.ofNullable(byTransaction.get(transactionKey));
    }

    /** Lets every context look at its deadline. */
    void sweep(long nowNanos) {
        byBranch.values().forEach(context -> context.checkDeadline(nowNanos));
    }

    /** The dialogs of a node went to another. */
    void moved(NodeId dead) {
        byBranch.values().forEach(context -> context.onMoved(dead));
    }

    /** Something of a context threw. */
    void broke() {
        broken.increment();
    }

    /** How often that happened. */
    long broken() {
        return broken.sum();
    }

    /** How many requests have no final answer. */
    int unanswered() {
        return byTransaction.size();
    }

    /** How many requests and branches are under way. */
    int size() {
        return byTransaction.size() + byBranch.size();
    }
}
