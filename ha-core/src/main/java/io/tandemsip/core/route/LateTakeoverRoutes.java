package io.tandemsip.core.route;

import io.tandemsip.DialogRoute;
import io.tandemsip.core.affinity.TakeoverRoutes;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who has the dialogs of dead nodes, for parts that are made before that which knows it. Until then, and without, nothing moves. Thread-safe. */
final class LateTakeoverRoutes implements TakeoverRoutes {
    private volatile TakeoverRoutes routes = NONE;

    /** Those that are asked from now on. */
    void are(TakeoverRoutes known) {
        routes = known;
    }

    @Override
    public @Nullable CompletionStage<DialogRoute> route(NodeId owner, long epoch, Optional<NodeId> sender) {
        return routes.route(owner, epoch, sender);
    }

    @Override
    public @Nullable CompletionStage<Boolean> whenDecided(NodeId down) {
        return routes.whenDecided(down);
    }

    @Override
    public @Nullable CompletionStage<Boolean> whenSettled(NodeId restarted) {
        return routes.whenSettled(restarted);
    }

    @Override
    public void refused(DialogBinding binding, Duration timeToLive) {
        routes.refused(binding, timeToLive);
    }

    @Override
    public DialogBinding standing(DialogBinding binding) {
        return routes.standing(binding);
    }
}
