package io.tandemsip.core.cluster;

import io.tandemsip.core.loop.Loop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The right to act for all routers, of one of those that want it. Its holder counts from before it asked, by its own
 * clock, and stops in good time; who acts on it hands over its token, by which what a former holder says late is known.
 * Confined to the control loop.
 */
final class Lease {
    private static final String VERSION = "1 ";
    private static final String FREE = "1 -";
    private static final Duration LIFE = Duration.ofSeconds(6);
    private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Board board;
    private final String key;
    private final String self;
    private final Loop loop;
    private final RandomGenerator random;
    private final Runnable onHeld;
    private Loop.Timer timer = () -> {};
    private boolean wanted;
    private boolean held;
    private long heldUntilNanos;
    private long heardNanos;
    private long token;

    Lease(Board board, String key, String self, Loop loop, RandomGenerator random, Runnable onHeld) {
        this.board = board;
        this.key = key;
        this.self = VERSION + self;
        this.loop = loop;
        this.random = random;
        this.onHeld = onHeld;
        heardNanos = loop.nanoTime();
    }

    void want() {
        if (!wanted) {
            wanted = true;
            renew();
        }
    }

    /** Wanted no more: others need not wait until it expires. */
    void release() {
        timer.cancel();
        if (wanted && held) {
            board.leave(key, FREE, LIFE);
        }
        wanted = false;
        held = false;
    }

    boolean isHeld() {
        return held && loop.nanoTime() - heldUntilNanos < 0;
    }

    /** Grows with each holder, and while one holds it. */
    long token() {
        return token;
    }

    /** Somebody has it, or nobody any more. */
    void heard(@Nullable String value) {
        heardNanos = loop.nanoTime();
        held &= self.equals(value);
        if (wanted && isFree(value)) {
            timer.cancel();
            timer = loop.schedule((long) (RENEW_NANOS * 0.02 * random.nextDouble()), this::renew);
        }
    }

    private void renew() {
        board.edit(key, new Claim(loop.nanoTime()));
        timer = loop.schedule((long) (RENEW_NANOS * (0.9 + 0.1 * random.nextDouble())), this::renew);
    }

    private static boolean isFree(@Nullable String value) {
        return value == null || value.equals(FREE);
    }

    private final class Claim implements Board.Edit {
        private final long askedNanos;

        Claim(long askedNanos) {
            this.askedNanos = askedNanos;
        }

        /** Of a holder that was not heard of for longer than a lease lives it is tried whether it has expired. */
        @Override
        public @Nullable String next(@Nullable String standing) {
            boolean silent = loop.nanoTime() - heardNanos > LIFE.toNanos();
            if (!wanted || !(isFree(standing) || self.equals(standing) || silent)) {
                return null;
            }
            return self;
        }

        @Override
        public Duration timeToLive() {
            return LIFE;
        }

        @Override
        public void done(@Nullable String standing, long version) {
            held = wanted && self.equals(standing);
            if (held) {
                token = version;
                heldUntilNanos = askedNanos + HELD_NANOS;
                onHeld.run();
            }
        }
    }
}
