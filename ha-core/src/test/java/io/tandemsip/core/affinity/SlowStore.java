package io.tandemsip.core.affinity;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that can only end dialogs, and answers when the test does. */
final class SlowStore implements DialogStore {
    private final List<CompletableFuture<Boolean>> asked;

    SlowStore(List<CompletableFuture<Boolean>> asked) {
        this.asked = asked;
    }

    @Override
    public CompletionStage<Boolean> end(DialogId dialog, Duration tombstone) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    @Override
    public CompletionStage<BindResult> bind(DialogBinding binding, Duration timeToLive) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<DialogLookup> find(DialogId dialog) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Boolean> refresh(DialogId dialog, Duration timeToLive) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Long> fence(NodeId owner, long epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Long> count(NodeId owner) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<DialogPage> list(NodeId owner, String cursor, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
