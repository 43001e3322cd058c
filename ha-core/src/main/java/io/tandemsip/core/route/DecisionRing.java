package io.tandemsip.core.route;

import io.tandemsip.Decision;
import io.tandemsip.core.view.LiveNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last placements. Adding one is a counter and a store: a slot refers to the attempt, and what people read is made
 * when they ask. It keeps as many ended attempts from being collected as it has slots, and no more. Thread-safe.
 */
final class DecisionRing {
    private final AtomicReferenceArray<@Nullable Attempt> slots;
    private final AtomicReferenceArray<@Nullable Answer> answers;
    private final AtomicInteger next = new AtomicInteger();
    private final int mask;

    /** Rounds up to a power of two; 0 keeps none. */
    DecisionRing(int size) {
        int slotCount = size == 0 ? 0 : Integer.highestOneBit(Math.max(1, size - 1) * 2 - (size == 1 ? 1 : 0));
        slots = new AtomicReferenceArray<>(slotCount);
        answers = new AtomicReferenceArray<>(slotCount);
        mask = slotCount - 1;
    }

    /** Takes a slot, the oldest one's; which one it is. */
    int add(Attempt attempt) {
        if (mask < 0) {
            return -1;
        }
        int slot = next.getAndIncrement() & mask;
        slots.setRelease(slot, attempt);
        return slot;
    }

    /** The shadow strategy answered; too late if another placement has the slot by now. */
    void answered(int slot, Attempt attempt, LiveNode node) {
        if (slot >= 0 && slots.getAcquire(slot) == attempt) {
            answers.setRelease(slot, new Answer(attempt, node));
        }
    }

    List<Decision> list(long nowNanos, Instant now) {
        List<Decision> list = new ArrayList<>(slots.length());
        for (int i = 0, slot = next.get(); i < slots.length(); i++, slot++) {
            Attempt attempt = slots.getAcquire(slot & mask);
            if (attempt != null) {
                list.add(decision(slot & mask, attempt, now.minusNanos(nowNanos - attempt.begunAtNanos())));
            }
        }
        return list;
    }

    private Decision decision(int slot, Attempt attempt, Instant at) {
        Answer answer = answers.getAcquire(slot);
        return new Decision(
                at,
                attempt.callId(),
                attempt.live().id(),
                attempt.ordinal(),
                attempt.decidedBy(),
                attempt.viewVersion(),
                attempt.state(),
                answer != null && answer.attempt() == attempt
                        ? Optional.of(answer.node().id())
                        : Optional.empty());
    }

    /** The latest placement of a call. */
    @Nullable
    Attempt latest(String callId) {
        for (int i = 1, start = next.get(); i <= slots.length(); i++) {
            Attempt attempt = slots.getAcquire((start - i) & mask);
            if (attempt != null && attempt.callId().equals(callId)) {
                return attempt;
            }
        }
        return null;
    }

    private record Answer(Attempt attempt, LiveNode node) {}
}
