package io.tandemsip.redis;

import io.lettuce.core.SetArgs;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A dialog store beside a Kamailio: what is confirmed here is written for it, too, and what is not known here is looked for
 * among what it wrote. Its keys are left to expire, as it leaves them: several dialogs may have one. Thread-safe.
 */
final class KamailioDialogs implements DialogStore {
    private final RedisDialogStore own;
    private final Link link;
    private final KamailioKeys keys;
    private final Counters counters;
    private final Gate gate;

    KamailioDialogs(RedisDialogStore own, Link link, KamailioKeys keys, Traffic traffic) {
        this.own = own;
        this.link = link;
        this.keys = keys;
        counters = traffic.counters();
        gate = new Gate("what Kamailio reads", traffic);
    }

    @Override
    public CompletionStage<BindResult> bind(DialogBinding binding, Duration timeToLive) {
        return then(own.bind(binding, timeToLive), result -> {
            if (!(result instanceof BindResult.Bound bound) || bound.binding().phase() != DialogPhase.CONFIRMED) {
                return CompletableFuture.completedStage(result);
            }
            return write(bound.binding()).handle((written, failure) -> {
                if (failure != null) {
                    throw new StoreTimeoutException("bound, but not told to Kamailio", Failures.of(failure));
                }
                return result;
            });
        });
    }

    private static <A, B> CompletionStage<B> then(CompletionStage<A> first, Function<A, CompletionStage<B>> next) {
        CompletableFuture<B> result = new CompletableFuture<>();
        first.thenCompose(next).whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(Failures.of(failure));
            }
        });
        return result;
    }

    private CompletionStage<Boolean> write(DialogBinding binding) {
        Optional<String> uri = keys.uri(binding.owner());
        if (uri.isEmpty()) {
            counters.unreadable.increment();
            return CompletableFuture.completedStage(false);
        }
        return gate.ask(() -> link.ask(commands -> commands.set(
                        keys.key(binding.dialog().callId()), uri.get(), SetArgs.Builder.ex(keys.lifeSeconds())))
                .thenApply("OK"::equals));
    }

    @Override
    public CompletionStage<DialogLookup> find(DialogId dialog) {
        return then(own.find(dialog), found -> {
            if (!(found instanceof DialogLookup.Absent) || dialog.isEarly()) {
                return CompletableFuture.completedStage(found);
            }
            return gate.ask(() -> link.ask(commands -> commands.get(keys.key(dialog.callId())))
                    .thenApply(uri -> lookup(dialog, uri)));
        });
    }

    private DialogLookup lookup(DialogId dialog, @Nullable String uri) {
        if (uri == null) {
            return new DialogLookup.Absent();
        }
        Optional<NodeId> owner = keys.owner(uri);
        if (owner.isEmpty()) {
            counters.unreadable.increment();
            return new DialogLookup.Absent();
        }
        return new DialogLookup.Found(
                new DialogBinding(dialog, owner.get(), Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED));
    }

    @Override
    public CompletionStage<Boolean> refresh(DialogId dialog, Duration timeToLive) {
        return dialog.isEarly()
                ? own.refresh(dialog, timeToLive)
                : then(
                        own.refresh(dialog, timeToLive),
                        refreshed -> gate.ask(() -> link.ask(
                                        commands -> commands.expire(keys.key(dialog.callId()), keys.lifeSeconds())))
                                .thenApply(stood -> refreshed || stood));
    }

    @Override
    public CompletionStage<Boolean> end(DialogId dialog, Duration tombstone) {
        return own.end(dialog, tombstone);
    }

    @Override
    public CompletionStage<Long> fence(NodeId owner, long epoch) {
        return own.fence(owner, epoch);
    }

    @Override
    public CompletionStage<Long> count(NodeId owner) {
        return own.count(owner);
    }

    @Override
    public CompletionStage<DialogPage> list(NodeId owner, String cursor, int limit) {
        return own.list(owner, cursor, limit);
    }

    @Override
    public void close() {
        own.close();
        gate.close();
    }
}
