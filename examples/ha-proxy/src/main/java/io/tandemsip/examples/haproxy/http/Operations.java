package io.tandemsip.examples.haproxy.http;

import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainRequest;
import io.tandemsip.examples.haproxy.config.DurationText;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What operators can ask for and order. Thread-safe. */
final class Operations {
    private static final long MOST_WAIT_SECONDS = 5;
    private static final String PATHS =
            "/nodes, /pools, /drains, /takeovers, /events, /decisions, /shadow, /health, /ready, /explain, or /nodes/{id}/drain|cancel|return|out";

    private final HaRouter router;
    private final String defaultPool;

    Operations(HaRouter router, String defaultPool) {
        this.router = router;
        this.defaultPool = defaultPool;
    }

    Reply answer(Ask ask) {
        if (ask.path().size() == 1) {
            return read(ask);
        }
        if (ask.path().size() == 3 && ask.path().get(0).equals("nodes")) {
            return order(ask, ask.path().get(1), ask.path().get(2));
        }
        throw unknownPath(ask);
    }

    private static Refusal unknownPath(Ask ask) {
        return new Refusal(404, "path", '/' + String.join("/", ask.path()), PATHS);
    }

    private Reply read(Ask ask) {
        return switch (ask.path().get(0)) {
            case "nodes" -> plain(ask, nodes());
            case "pools" -> plain(ask, pools());
            case "drains" ->
                plain(ask, router.drains().stream().map(Json::drain).toList());
            case "takeovers" ->
                plain(ask, router.takeovers().stream().map(Json::takeover).toList());
            case "events" ->
                plain(ask, router.recentEvents().stream().map(Json::event).toList());
            case "decisions" -> {
                ask.needs("GET");
                yield decisions(ask);
            }
            case "shadow" -> plain(ask, router.shadowReport().map(Json::shadow).orElse(Map.of()));
            case "health" -> plain(ask, Map.of("alive", true));
            case "ready" -> {
                ask.needs("GET");
                yield Readiness.of(router.view(), router.storeStatus());
            }
            case "explain" -> {
                ask.needs("GET");
                yield explain(ask);
            }
            default -> throw unknownPath(ask);
        };
    }

    private static Reply plain(Ask ask, Object body) {
        ask.needs("GET");
        ask.knowing();
        return Reply.ok(body);
    }

    private Map<String, Object> nodes() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", router.view().version());
        json.put("nodes", router.view().nodes().stream().map(Json::node).toList());
        json.put("panickingPools", router.view().panickingPools());
        return json;
    }

    private List<Map<String, Object>> pools() {
        return router.view().nodes().stream()
                .flatMap(node -> node.node().pools().stream())
                .distinct()
                .sorted()
                .map(pool -> Json.headroom(router.headroom(pool)))
                .toList();
    }

    /** The last placements; with a Call-ID, why that call's latest one went where it went. */
    private Reply decisions(Ask ask) {
        ask.knowing("callId");
        String callId = ask.parameter("callId", "");
        if (callId.isEmpty()) {
            return Reply.ok(router.decisions().stream().map(Json::decision).toList());
        }
        return Reply.ok(router.explainDecision(callId)
                .map(Json::explanation)
                .orElseThrow(() -> new Refusal(404, "callId", callId, "a call among the last placements")));
    }

    private Reply explain(Ask ask) {
        ask.knowing("callId", "fromTag", "toTag", "method", "pool", "zone", "cookie");
        String callId = ask.parameter("callId", "");
        if (callId.isEmpty()) {
            throw new Refusal(400, "callId", "", "the value of the Call-ID header");
        }
        String fromTag = ask.parameter("fromTag", "");
        String toTag = ask.parameter("toTag", "");
        if (toTag.isEmpty()) {
            CallRequest call = CallRequest.builder(callId, fromTag)
                    .method(ask.parameter("method", "INVITE"))
                    .pool(ask.parameter("pool", defaultPool))
                    .zone(ask.parameter("zone", ""))
                    .build();
            return Reply.ok(Json.explanation(router.explain(call)));
        }
        DialogRequest request = DialogRequest.of(new DialogId(callId, fromTag, toTag), ask.parameter("method", "BYE"))
                .withCookie(ask.parameter("cookie", ""));
        return Reply.ok(Json.explanation(outcome(router.explain(request))));
    }

    private Reply order(Ask ask, String node, String verb) {
        if (!List.of("drain", "cancel", "return", "out").contains(verb)) {
            throw unknownPath(ask);
        }
        ask.needs("POST");
        requireNode(node);
        return switch (verb) {
            case "drain" -> drain(ask, node);
            case "cancel" -> cancel(ask, node);
            case "return" -> snapshot(router.returnToService(node, reason(ask)));
            default -> snapshot(router.takeOut(node, reason(ask)));
        };
    }

    private void requireNode(String name) {
        List<String> known = router.view().nodes().stream()
                .map(NodeSnapshot::id)
                .sorted(Comparator.naturalOrder())
                .map(Object::toString)
                .toList();
        if (!known.contains(name)) {
            throw new Refusal(404, "node", name, "one of " + String.join(", ", known));
        }
    }

    private Reply drain(Ask ask, String node) {
        ask.knowing("deadline", "reason");
        DrainRequest request = router.drain(node).reason(ask.parameter("reason", "ordered over HTTP"));
        String deadline = ask.parameter("deadline", "");
        if (!deadline.isEmpty()) {
            request.deadline(deadline(deadline));
        }
        return Reply.ok(Json.drain(request.start()));
    }

    private static Duration deadline(String text) {
        try {
            Duration deadline = DurationText.parse(text);
            if (!deadline.isZero()) {
                return deadline;
            }
        } catch (IllegalArgumentException malformed) {
            // told below
        }
        throw new Refusal(400, "deadline", text, "more than zero, for example 90s or 30m");
    }

    private Reply cancel(Ask ask, String node) {
        ask.knowing();
        Drain drain = router.drains().stream()
                .filter(each -> each.plan().node().value().equals(node))
                .filter(each -> !each.progress().state().isFinal())
                .findFirst()
                .orElseThrow(() -> new Refusal(404, "drain", node, "a node with a drain under way"));
        return Reply.ok(Json.progress(outcome(drain.cancel())));
    }

    private static String reason(Ask ask) {
        ask.knowing("reason");
        return ask.parameter("reason", "ordered over HTTP");
    }

    private static Reply snapshot(CompletionStage<NodeSnapshot> stage) {
        return Reply.ok(Json.node(outcome(stage)));
    }

    private static <T> T outcome(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(MOST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Refusal(503, "router", "closing", "another moment");
        } catch (ExecutionException failed) {
            throw new Refusal(500, "router", String.valueOf(failed.getCause()), "an outcome");
        } catch (TimeoutException late) {
            throw new Refusal(504, "router", "no outcome in 5 s", "an outcome");
        }
    }
}
