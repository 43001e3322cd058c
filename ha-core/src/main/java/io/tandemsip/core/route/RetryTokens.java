package io.tandemsip.core.route;

import io.tandemsip.RetryBudget;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps a {@link RetryBudget}. Reckoned when a call fails and at no other time: what was earned since is spread over the
 * time that passed, and what was earned long ago fades as e^(-t/10 s), which weighs like a window of 10 s. No
 * lock. Thread-safe.
 */
final class RetryTokens {
    private static final double WINDOW_SECONDS = 10;

    private final RetryBudget budget;
    private final AtomicReference<Level> level;

    RetryTokens(RetryBudget budget, long nowNanos) {
        this.budget = budget;
        level = new AtomicReference<>(new Level(budget.perSecond() * WINDOW_SECONDS, nowNanos, 0));
    }

    /** Takes one, if one is left; given how many calls were placed so far. */
    boolean take(long nowNanos, long placed) {
        if (budget.isUnlimited()) {
            return true;
        }
        while (true) {
            Level before = Objects.requireNonNull(level.get());
            Level now = at(before, nowNanos, placed);
            boolean enough = now.tokens >= 1;
            Level after = enough ? new Level(now.tokens - 1, now.atNanos, now.placed) : now;
            if (level.compareAndSet(before, after)) {
                return enough;
            }
        }
    }

    /** Whether one is left; takes none. */
    boolean hasOne(long nowNanos, long placed) {
        return budget.isUnlimited() || at(Objects.requireNonNull(level.get()), nowNanos, placed).tokens >= 1;
    }

    /** Gives one back: there was no node left to try. */
    void giveBack() {
        level.updateAndGet(now -> new Level(now.tokens + 1, now.atNanos, now.placed));
    }

    /** Earned evenly since then, and fading all the while: the integral of e^(-t/window). */
    private Level at(Level before, long nowNanos, long placed) {
        double seconds = (double) Math.max(0, nowNanos - before.atNanos) / TimeUnit.SECONDS.toNanos(1);
        long calls = Math.max(0, placed - before.placed);
        if (seconds == 0) {
            return new Level(before.tokens + calls * budget.ratio(), before.atNanos, before.placed + calls);
        }
        double left = Math.exp(-seconds / WINDOW_SECONDS);
        double earnedPerSecond = calls * budget.ratio() / seconds + budget.perSecond();
        double earned = earnedPerSecond * WINDOW_SECONDS * (1 - left);
        return new Level(before.tokens * left + earned, nowNanos, before.placed + calls);
    }

    private record Level(double tokens, long atNanos, long placed) {}
}
