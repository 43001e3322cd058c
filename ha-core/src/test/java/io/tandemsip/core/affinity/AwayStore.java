package io.tandemsip.core.affinity;

import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A store that can go away: then it throws, fails, or does what it was asked and says that it does not know. */
public final class AwayStore implements DialogStore {
    public final InMemoryDialogStore inner;
    public Mode mode = Mode.THERE;
    int calls;
    final List<String> bound = new ArrayList<>();

    private final List<Runnable> late = new ArrayList<>();

    public AwayStore(Ticker ticker) {
        this(InMemoryDialogStore.create(ticker));
    }

    public AwayStore(InMemoryDialogStore inner) {
        this.inner = inner;
    }

    /** Does what it was asked while it was late. */
    public void catchUp() {
        mode = Mode.THERE;
        List<Runnable> due = List.copyOf(late);
        late.clear();
        due.forEach(Runnable::run);
    }

    private <T> CompletionStage<T> later(Supplier<CompletionStage<T>> action) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        late.add(() -> action.get().thenAccept(answer::complete));
        return answer;
    }

    private <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> action) {
        calls++;
        return switch (mode) {
            case THERE -> action.get();
            case LATE -> later(action);
            case THROWS -> throw new IllegalStateException("broken store");
            case UNAVAILABLE -> CompletableFuture.failedStage(new StoreUnavailableException("away"));
            case DONE_BUT_TIMED_OUT -> {
                yield action.get()
                        .thenCompose(done -> CompletableFuture.failedStage(new StoreTimeoutException("too late")));
            }
        };
    }

    @Override
    public CompletionStage<BindResult> bind(DialogBinding binding, Duration timeToLive) {
        return ask(() -> {
            bound.add(binding.dialog().callId());
            return inner.bind(binding, timeToLive);
        });
    }

    @Override
    public CompletionStage<DialogLookup> find(DialogId dialog) {
        return ask(() -> inner.find(dialog));
    }

    @Override
    public CompletionStage<Boolean> refresh(DialogId dialog, Duration timeToLive) {
        return ask(() -> inner.refresh(dialog, timeToLive));
    }

    @Override
    public CompletionStage<Boolean> end(DialogId dialog, Duration tombstone) {
        return ask(() -> inner.end(dialog, tombstone));
    }

    @Override
    public CompletionStage<Long> fence(NodeId owner, long epoch) {
        return ask(() -> inner.fence(owner, epoch));
    }

    @Override
    public CompletionStage<Long> count(NodeId owner) {
        return ask(() -> inner.count(owner));
    }

    @Override
    public CompletionStage<DialogPage> list(NodeId owner, String cursor, int limit) {
        return ask(() -> inner.list(owner, cursor, limit));
    }

    @Override
    public void close() {
        inner.close();
    }

    public enum Mode {
        THERE,
        LATE,
        THROWS,
        UNAVAILABLE,
        DONE_BUT_TIMED_OUT
    }
}
