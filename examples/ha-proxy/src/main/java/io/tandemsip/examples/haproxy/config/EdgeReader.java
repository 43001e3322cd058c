package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.jainsip.EdgePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Reads what strangers may do; what is missing keeps its default. Confined to one thread. */
final class EdgeReader {
    private static final double MOST_PER_SECOND = 1_000_000;

    private final YamlSection section;
    private EdgePolicy policy = EdgePolicy.defaults();

    private EdgeReader(YamlSection section) {
        this.section = section;
    }

    static EdgePolicy read(YamlSection section) {
        return new EdgeReader(section.knowing("trusted", "domains", "strippedHeaders", "newRequests")).policy();
    }

    private EdgePolicy policy() {
        list("trusted", EdgePolicy::withTrusted);
        list("domains", EdgePolicy::withDomains);
        list("strippedHeaders", EdgePolicy::withStrippedHeaders);
        section.section("newRequests").ifPresent(this::limits);
        return policy;
    }

    private void list(String key, BiFunction<EdgePolicy, List<String>, EdgePolicy> change) {
        if (!section.has(key)) {
            return;
        }
        List<String> good = new ArrayList<>();
        for (YamlScalar each : section.scalars(key)) {
            if (each.as(text -> change.apply(policy, List.of(text))).isPresent()) {
                good.add(each.text());
            }
        }
        policy = change.apply(policy, good);
    }

    private void limits(YamlSection limits) {
        limits.knowing("perSource", "total");
        Optional<Double> perSource = perSecond(limits, "perSource");
        Optional<Double> total = perSecond(limits, "total");
        policy = policy.withNewRequestLimits(
                perSource.orElse(Double.POSITIVE_INFINITY), total.orElse(Double.POSITIVE_INFINITY));
    }

    private static Optional<Double> perSecond(YamlSection limits, String key) {
        return limits.scalar(key)
                .flatMap(at -> at.decimal()
                        .flatMap(value -> value > 0 && value <= MOST_PER_SECOND
                                ? Optional.of(value)
                                : at.wrong("more than 0, a million at most")));
    }
}
