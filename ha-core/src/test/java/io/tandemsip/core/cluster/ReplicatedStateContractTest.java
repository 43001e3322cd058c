package io.tandemsip.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.cluster.SharedStateContract;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** As long as all is well it keeps what a shared state owes; and what is lost when the copy takes over. */
class ReplicatedStateContractTest extends SharedStateContract {
    private final ManualLoop clock = new ManualLoop(1_000_000_000L);
    private final ReplicatedState replicated = new ReplicatedState(clock::nanoTime);
    private final SharedState state = new Turns(replicated);

    @Override
    protected SharedState state() {
        return state;
    }

    @Override
    protected void passTime(Duration time) {
        clock.advance(time.toNanos());
    }

    /** What was written, removed and made while the copy lagged is undone, and versions go on. */
    @Test
    void failOver_losesTheLastWrites() {
        long kept = write("kept", SharedState.ABSENT, "1");
        long removed = write("removed", SharedState.ABSENT, "1");
        List<SharedChange> told = new ArrayList<>();
        replicated.watch("", told::add);
        told.clear();
        replicated.lag();
        long lost = write("kept", kept, "2");
        write("made", SharedState.ABSENT, "1");
        replicated.remove("removed", removed);
        told.clear();
        replicated.failOver();
        assertThat(told)
                .containsExactly(
                        new SharedChange.Gone("made"),
                        new SharedChange.Put(new SharedEntry("removed", "1", removed))); // "kept" is not told of
        assertThat(read("kept")).contains(new SharedEntry("kept", "1", kept));
        assertThat(write("kept", kept, "3")).isGreaterThan(lost);
        assertThat(told.get(told.size() - 1).key()).isEqualTo("kept");
    }

    /** A reader that is led to the copy is told what stood, until it has caught up. */
    @Test
    void behind_isWhatStoodWhenTheCopyBeganToLag() {
        long first = write("k", SharedState.ABSENT, "1");
        replicated.lag();
        write("k", first, "2");
        assertThat(replicated.behind("")).containsExactly(new SharedEntry("k", "1", first));
        replicated.catchUp();
        assertThat(replicated.behind(""))
                .isEqualTo(replicated.list("").toCompletableFuture().join());
    }

    private Optional<SharedEntry> read(String key) {
        return replicated.get(key).toCompletableFuture().join();
    }

    private long write(String key, long expected, String value) {
        CasResult result = replicated
                .compareAndSet(key, expected, value, Duration.ZERO)
                .toCompletableFuture()
                .join();
        return ((CasResult.Applied) result).version();
    }

    /** One thread at a time. */
    private static final class Turns extends AskedState {
        private final SharedState inner;

        Turns(SharedState inner) {
            super(inner);
            this.inner = inner;
        }

        @Override
        protected synchronized <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
            return question.get();
        }

        @Override
        public synchronized Subscription watch(String prefix, Consumer<SharedChange> listener) {
            return inner.watch(prefix, listener);
        }
    }
}
