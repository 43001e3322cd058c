package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.jainsip.EdgePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads what strangers may do; what is missing keeps its default. Confined to one thread. */
final class EdgeReader {
    private static final double MOST_PER_SECOND = 1_000_000;
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9.!%*_+`'~-]+");
    private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]");

    private final YamlSection section;
    private EdgePolicy policy = EdgePolicy.defaults();

    private EdgeReader(YamlSection section) {
        this.section = section;
    }

    static EdgePolicy read(YamlSection section) {
        return new EdgeReader(section.knowing("trusted", "domains", "strippedHeaders", "newRequests")).policy();
    }

    private EdgePolicy policy() {
        list("trusted", EdgeReader::network, EdgePolicy::withTrusted);
        list("domains", at -> matching(at, DOMAIN, "the host part of a Request-URI"), EdgePolicy::withDomains);
        list("strippedHeaders", at -> matching(at, HEADER, "the name of a header"), EdgePolicy::withStrippedHeaders);
        section.section("newRequests").ifPresent(this::limits);
        return policy;
    }

    private void list(
            String key, Predicate<YamlScalar> isGood, BiFunction<EdgePolicy, List<String>, EdgePolicy> change) {
        if (!section.has(key)) {
            return;
        }
        List<String> good = new ArrayList<>();
        for (YamlScalar each : section.scalars(key)) {
            if (isGood.test(each)) {
                good.add(each.text());
            }
        }
        policy = change.apply(policy, good);
    }

    private static boolean network(YamlScalar at) {
        return at.as(text -> EdgePolicy.defaults().withTrusted(List.of(text))).isPresent();
    }

    private static boolean matching(YamlScalar at, Pattern pattern, String expected) {
        return pattern.matcher(at.text()).matches() || at.wrong(expected).isPresent();
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
