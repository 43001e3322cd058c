package io.tandemsip.jainsip;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The response contexts that live: found by the branch that a response names, and by the transaction that a CANCEL
 * names. Holds a context from its request until its final response, no longer. Thread-safe.
 */
final class Contexts {
    private final Map<String, ResponseContext> byBranch = new ConcurrentHashMap<>();
    private final Map<String, ResponseContext> byTransaction = new ConcurrentHashMap<>();
    private final LongAdder broken = new LongAdder();

    void begin(String transactionKey, ResponseContext context) {
        byTransaction.put(transactionKey, context);
    }

    void end(String transactionKey, ResponseContext context) {
        byTransaction.remove(transactionKey, context);
    }

    void open(Branch branch, ResponseContext context) {
        byBranch.put(branch.id(), context);
    }

    void close(Branch branch) {
        byBranch.remove(branch.id());
    }

    Optional<ResponseContext> ofBranch(String branch) {
        return Optional.ofNullable(byBranch.get(branch));
    }

    Optional<ResponseContext> ofTransaction(String transactionKey) {
        return Optional.ofNullable(byTransaction.get(transactionKey));
    }

    /** Lets every context look at its deadline. */
    void sweep(long nowNanos) {
        byBranch.values().forEach(context -> context.checkDeadline(nowNanos));
    }

    /** Something of a context threw. */
    void broke() {
        broken.increment();
    }

    /** How often that happened. */
    long broken() {
        return broken.sum();
    }

    /** How many requests and branches are under way. */
    int size() {
        return byTransaction.size() + byBranch.size();
    }
}
