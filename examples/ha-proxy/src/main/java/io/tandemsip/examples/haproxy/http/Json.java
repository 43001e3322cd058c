package io.tandemsip.examples.haproxy.http;

import io.tandemsip.Decision;
import io.tandemsip.Explanation;
import io.tandemsip.ShadowReport;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.takeover.Takeover;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What operators get to see of the router's values. Durations in milliseconds, times in UTC. Immutable. */
final class Json {
    private Json() {}

    static Map<String, Object> node(NodeSnapshot node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", node.id().value());
        json.put("uri", node.node().destination().toUri());
        json.put("pools", node.node().pools());
        json.put("zone", node.node().zone());
        json.put("priority", node.node().priority());
        json.put("admin", axis(node.admin(), node.adminCause()));
        json.put("health", axis(node.health(), node.healthCause()));
        json.put("load", axis(node.load(), node.loadCause()));
        json.put("since", node.since().toString());
        json.put("weight", node.weight());
        json.put("configuredWeight", node.node().weight());
        json.put("calls", node.calls());
        if (node.node().capacity().maxCalls() != Integer.MAX_VALUE) {
            json.put("mostCalls", node.node().capacity().maxCalls());
        }
        json.put("responseTimeMillis", node.responseTime().toNanos() / 1e6);
        json.put("incarnation", node.incarnation().value());
        json.put("epoch", node.epoch());
        return json;
    }

    private static Map<String, Object> axis(Enum<?> state, String why) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", state.name());
        json.put("why", why);
        return json;
    }

    static Map<String, Object> drain(Drain drain) {
        Map<String, Object> json = progress(drain.progress());
        json.put("reason", drain.plan().reason());
        drain.plan().deadline().ifPresent(deadline -> json.put("deadlineMillis", deadline.toMillis()));
        return json;
    }

    static Map<String, Object> takeover(Takeover takeover) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dead", takeover.dead().value());
        json.put("successor", takeover.successor().value());
        json.put("state", takeover.state().name());
        json.put("epoch", takeover.epoch());
        json.put("calls", takeover.calls());
        json.put("lost", new TreeMap<>(takeover.lost()));
        json.put("why", takeover.cause());
        return json;
    }

    static Map<String, Object> progress(DrainProgress progress) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", progress.node().value());
        json.put("state", progress.state().name());
        json.put("dialogsAtStart", progress.dialogsAtStart());
        json.put("dialogsLeft", progress.dialogsLeft());
        json.put("share", progress.share());
        json.put("elapsedMillis", progress.elapsed().toMillis());
        json.put("oldestMillis", progress.oldest().map(Duration::toMillis).orElse(0L));
        progress.medianLeft().ifPresent(left -> json.put("medianLeftMillis", left.toMillis()));
        progress.eta().ifPresent(left -> json.put("etaMillis", left.toMillis()));
        json.put("detail", progress.detail());
        return json;
    }

    static Map<String, Object> headroom(Headroom headroom) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pool", headroom.pool());
        json.put("headroom", headroom.verdict().name());
        json.put("worstLoss", headroom.worst().map(NodeId::value).orElse(""));
        json.put("calls", headroom.calls());
        json.put("reserve", headroom.reserve());
        headroom.spare().ifPresent(spare -> json.put("spare", spare));
        json.put("resources", new TreeMap<>(headroom.resources()));
        json.put("why", headroom.cause());
        return json;
    }

    static Map<String, Object> decision(Decision decision) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", decision.at().toString());
        json.put("callId", decision.callId());
        json.put("node", decision.node().value());
        json.put("attempt", decision.ordinal());
        json.put("decidedBy", decision.decidedBy());
        json.put("viewVersion", decision.viewVersion());
        json.put("state", decision.state().name());
        json.put("shadow", decision.shadow().map(Object::toString).orElse(""));
        json.put("disputed", decision.isDisputed());
        return json;
    }

    static Map<String, Object> shadow(ShadowReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("strategy", report.strategy());
        json.put("decided", report.decided());
        json.put("agreed", report.agreed());
        json.put("agreement", report.agreement());
        json.put("failed", report.failed());
        json.put("dropped", report.dropped());
        json.put("shadowCalls", byName(report.shadowCalls()));
        json.put("actualCalls", byName(report.actualCalls()));
        json.put("shadowImbalance", report.shadowImbalance());
        json.put("actualImbalance", report.actualImbalance());
        return json;
    }

    private static Map<String, Long> byName(Map<NodeId, Long> calls) {
        Map<String, Long> named = new TreeMap<>();
        calls.forEach((node, count) -> named.put(node.value(), count));
        return named;
    }

    static Map<String, Object> explanation(Explanation explanation) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("viewVersion", explanation.viewVersion());
        json.put("decidedBy", explanation.decidedBy());
        json.put("chosen", explanation.chosen().map(Object::toString).orElse(""));
        json.put("tier", explanation.tier().map(Enum::name).orElse(""));
        json.put(
                "considered",
                explanation.considered().stream().map(Json::considered).toList());
        return json;
    }

    private static Map<String, Object> considered(Explanation.Considered each) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", each.node().value());
        json.put("verdict", each.verdict().name());
        json.put("why", each.why());
        return json;
    }

    /** Every kind of event by the same rule, so that new kinds need nothing here: its name, and what it carries. */
    static Map<String, Object> event(HaEvent event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", event.getClass().getSimpleName());
        for (RecordComponent each : event.getClass().getRecordComponents()) {
            try {
                json.put(each.getName(), plain(each.getAccessor().invoke(event)));
            } catch (ReflectiveOperationException unreadable) {
                json.put(each.getName(), String.valueOf(unreadable.getMessage()));
            }
        }
        return json;
    }

    private static Object plain(Object value) {
        if (value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof DrainProgress progress) {
            return progress(progress);
        }
        if (value instanceof ShadowReport report) {
            return shadow(report);
        }
        return value instanceof Collection<?> all
                ? all.stream().map(Json::plain).toList()
                : value.toString();
    }
}
