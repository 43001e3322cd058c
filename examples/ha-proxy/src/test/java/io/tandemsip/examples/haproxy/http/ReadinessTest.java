package io.tandemsip.examples.haproxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.StoreStatus;
import io.tandemsip.core.Tandem;
import io.tandemsip.health.ProbeResult;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    /** A store that is away makes nobody unready. Fails when it does, and when nothing is said of it. */
    @Test
    void storeAway_isSaid_andDoesNotMakeUnready() {
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("fs1", "sip:127.0.0.11:5080"))
                .probe((node, timeout) -> new CompletableFuture<ProbeResult>())
                .build()) {
            Reply well = Readiness.of(router.view(), router.storeStatus());
            Reply away = Readiness.of(
                    router.view(), new StoreStatus(false, true, 12, "dialog store: Redis gives no connection"));
            assertThat(away.status()).isEqualTo(well.status());
            assertThat(body(well)).containsEntry("affinity", "full");
            assertThat(body(away))
                    .containsEntry("affinity", "token only")
                    .containsEntry(
                            "stores",
                            Map.of(
                                    "dialogStore", "away",
                                    "sharedState", "answers",
                                    "pendingWrites", 12,
                                    "cause", "dialog store: Redis gives no connection"));
        }
    }

    private static Map<Object, Object> body(Reply reply) {
        return new HashMap<>((Map<?, ?>) reply.body());
    }
}
