package io.tandemsip.redis;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Dialogs for tests. */
final class Dialogs {
    static final NodeId NODE = NodeId.of("fs1");
    static final Duration HOUR = Duration.ofHours(1);

    private Dialogs() {}

    static DialogId id(String callId) {
        return new DialogId(callId, "a", "b");
    }

    static DialogBinding binding(String callId) {
        return new DialogBinding(id(callId), NODE, Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED);
    }

    static CompletionStage<BindResult> bind(RedisStores stores, String callId) {
        return bind(stores, callId, HOUR);
    }

    static CompletionStage<BindResult> bind(RedisStores stores, String callId, Duration life) {
        return stores.dialogs().bind(binding(callId), life);
    }
}
