package io.tandemsip.core.route;

import io.tandemsip.core.cluster.LoadExchange;
import io.tandemsip.core.cluster.OwnLimits;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.node.NodeId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** This router's limits, as far as other routers share them. Confined to the control loop. */
final class GroupLimits implements OwnLimits {
    private final ControlPlane control;
    private final LoadExchange loads;
    private final Supplier<Map<NodeId, Integer>> written;
    private final @Nullable DialogStore common;
    private final Executor storeCalls;

    /** With a store that is this router's own nobody can be asked what a lost router had. */
    GroupLimits(
            ControlPlane control,
            LoadExchange loads,
            Supplier<Map<NodeId, Integer>> written,
            @Nullable DialogStore common,
            Executor storeCalls) {
        this.control = control;
        this.loads = loads;
        this.written = written;
        this.common = common;
        this.storeCalls = storeCalls;
    }

    @Override
    public int limit(NodeId node) {
        NodeControl known = control.find(node);
        return known == null
                ? Integer.MAX_VALUE
                : known.live().node().capacity().maxCalls();
    }

    @Override
    public int taken(NodeId node) {
        return control.calls(node);
    }

    @Override
    public void allow(NodeId node, int calls) {
        NodeControl known = control.find(node);
        if (known != null) {
            known.live().places().allow(calls);
        }
    }

    @Override
    public CompletionStage<Long> stored(NodeId node) {
        DialogStore store = common;
        CompletableFuture<Long> count = new CompletableFuture<>();
        if (store == null) {
            count.completeExceptionally(new StoreUnavailableException("the routers share no dialog store"));
            return count;
        }
        try {
            storeCalls.execute(() -> ask(store, node, count));
        } catch (RejectedExecutionException noThread) {
            count.completeExceptionally(noThread);
        }
        return count;
    }

    private static void ask(DialogStore store, NodeId node, CompletableFuture<Long> count) {
        try {
            store.count(node).whenComplete((found, failure) -> {
                if (failure == null) {
                    count.complete(found);
                } else {
                    count.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException | Error failure) {
            count.completeExceptionally(failure);
        }
    }

    @Override
    public long written(NodeId node, Set<String> routers) {
        return written.get().getOrDefault(node, 0) + loads.written(node, routers);
    }
}
