package io.tandemsip.core.cluster;

import io.tandemsip.core.loop.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings all routers to the same cookie keys, and to new ones at intervals: the next key is written down, and signs when
 * each router that is there has said that it verifies with it. Until it hears of them a router signs with a key of its own,
 * which only it understands. Confined to the control loop.
 */
final class SharedKeys {
    private static final String KEY = "keys/affinity";
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Board board;
    private final Loop loop;
    private final KeySource source;
    private final Routers routers;
    private @Nullable KeyRing known;
    private Loop.Timer timer = () -> {};

    SharedKeys(Board board, Loop loop, KeySource source, Routers routers) {
        this.board = board;
        this.loop = loop;
        this.source = source;
        this.routers = routers;
    }

    /** Completed when this router signs with what all understand; fails if the shared state does not answer. */
    CompletionStage<Integer> start() {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        board.watch(KEY, (key, value, version) -> heard(value));
        board.read(KEY, (key, value, version) -> heard(value)).whenComplete((count, failure) -> {
            if (failure != null) {
                done.completeExceptionally(failure);
            }
            change(ring -> ring == null ? Optional.of(source.first()) : Optional.empty(), () -> done.complete(1));
        });
        timer = loop.schedule(LOOK_NANOS, this::look);
        return done;
    }

    void close() {
        timer.cancel();
    }

    /** Up to which step this router verifies. */
    long rotation() {
        KeyRing ring = known;
        return ring == null ? 0 : ring.rotation();
    }

    private void heard(@Nullable String text) {
        if (text != null) {
            KeyRing.read(text).ifPresent(this::use);
        } else {
            tellAgain();
        }
    }

    /** A state that lost its last writes has none, or earlier ones. */
    private void tellAgain() {
        KeyRing ring = known;
        if (ring != null) {
            change(
                    standing -> standing == null || standing.rotation() < ring.rotation()
                            ? Optional.of(ring)
                            : Optional.empty(),
                    () -> {});
        }
    }

    private void use(KeyRing ring) {
        if (ring.rotation() < rotation()) {
            tellAgain();
            return;
        }
        boolean news = ring.rotation() > rotation();
        known = ring;
        source.use(ring);
        if (news) {
            routers.tell();
        }
    }

    /** Anybody may take a step: of two who do, one finds that it is done. */
    private void look() {
        timer = loop.schedule(LOOK_NANOS, this::look);
        board.lookBack(KEY, (key, value, version) -> heard(value));
        KeyRing ring = known;
        if (ring == null) {
            return;
        }
        long step = ring.rotation();
        if (ring.isAnnounced() && allVerify(step)) {
            change(standing -> at(standing, step).map(source::signing), () -> {});
        } else if (!ring.isAnnounced() && source.isDue(ring)) {
            change(standing -> at(standing, step).map(source::announced), () -> {});
        }
    }

    private boolean allVerify(long step) {
        return routers.isSettled() && routers.others().values().stream().allMatch(beat -> beat.keys() >= step);
    }

    private static Optional<KeyRing> at(@Nullable KeyRing standing, long step) {
        return Optional.ofNullable(standing).filter(ring -> ring.rotation() == step);
    }

    private void change(Step step, Runnable done) {
        board.edit(KEY, new Change(step, done));
    }

    /** From what stands to what is to stand. */
    @FunctionalInterface
    private interface Step {
        Optional<KeyRing> from(@Nullable KeyRing standing);
    }

    /** What can't be read is a later version's, and left alone. */
    private final class Change implements Board.Edit {
        private final Step step;
        private final Runnable done;

        Change(Step step, Runnable done) {
            this.step = step;
            this.done = done;
        }

        @Override
        public @Nullable String next(@Nullable String text) {
            Optional<KeyRing> standing = text == null ? Optional.empty() : KeyRing.read(text);
            if (text != null && standing.isEmpty()) {
                return null;
            }
            return step.from(standing.orElse(null)).map(KeyRing::text).orElse(null);
        }

        @Override
        public Duration timeToLive() {
            return Duration.ZERO;
        }

        @Override
        public void done(@Nullable String text, long version) {
            if (text != null) {
                heard(text);
            }
            done.run();
        }
    }
}
