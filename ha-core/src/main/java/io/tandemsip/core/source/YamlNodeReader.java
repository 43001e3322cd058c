package io.tandemsip.core.source;

import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.util.Optional;

/** Reads one node. Confined to one thread. */
final class YamlNodeReader {
    private static final double MOST_WEIGHT = 1_000_000;

    private final YamlSection section;

    private YamlNodeReader(YamlSection section) {
        this.section = section;
    }

    /** The node; empty if its id or address can't be read. */
    static Optional<Node> read(YamlSection section, String pool) {
        section.knowing("id", "uri", "weight", "priority", "zone", "capacity", "attributes");
        return new YamlNodeReader(section).node(pool);
    }

    private Optional<Node> node(String pool) {
        Optional<NodeId> id = section.required("id", "a name, for example fs1").flatMap(at -> at.as(NodeId::of));
        Optional<SipDestination> destination = section.required("uri", "a SIP URI, for example sip:127.0.0.11:5080")
                .flatMap(at -> at.as(SipDestination::parse));
        Optional<Double> weight = section.scalar("weight").flatMap(YamlNodeReader::weight);
        Optional<Integer> priority = section.scalar("priority").flatMap(at -> at.integer(0, Integer.MAX_VALUE));
        Optional<String> zone = section.scalar("zone").map(YamlScalar::text);
        Capacity capacity =
                section.section("capacity").map(YamlNodeReader::capacity).orElse(Capacity.unlimited());
        Optional<YamlSection> attributes = section.section("attributes");
        if (id.isEmpty() || destination.isEmpty()) {
            return Optional.empty();
        }
        Node.Builder node = Node.builder(id.get(), destination.get()).pool(pool).capacity(capacity);
        weight.ifPresent(node::weight);
        priority.ifPresent(node::priority);
        zone.ifPresent(node::zone);
        attributes.ifPresent(all ->
                all.keys().forEach(key -> all.scalar(key).ifPresent(value -> node.attribute(key, value.text()))));
        return Optional.of(node.build());
    }

    private static Optional<Double> weight(YamlScalar at) {
        return at.decimal()
                .flatMap(value -> value > 0 && value <= MOST_WEIGHT
                        ? Optional.of(value)
                        : at.wrong("more than 0, at most 1000000"));
    }

    private static Capacity capacity(YamlSection section) {
        section.knowing("calls", "callsPerSecond", "burst", "resources");
        Capacity[] capacity = {Capacity.unlimited()};
        section.scalar("calls")
                .flatMap(at -> at.integer(0, Integer.MAX_VALUE))
                .ifPresent(calls -> capacity[0] = capacity[0].withCalls(calls));
        Optional<Integer> burst = section.scalar("burst").flatMap(at -> at.integer(1, Integer.MAX_VALUE));
        Optional<Double> rate = section.scalar("callsPerSecond")
                .flatMap(at -> at.decimal()
                        .flatMap(value -> value > 0 ? Optional.of(value) : at.<Double>wrong("more than 0")));
        rate.ifPresent(perSecond -> capacity[0] = capacity[0].withCallsPerSecond(perSecond, burst.orElse((int)
                Math.max(1, Math.min(Math.ceil(perSecond), Integer.MAX_VALUE)))));
        if (section.has("burst") && !section.has("callsPerSecond")) {
            section.missing("callsPerSecond", "a number beside burst");
        }
        section.section("resources")
                .ifPresent(all -> all.keys()
                        .forEach(name -> all.scalar(name)
                                .flatMap(at -> at.integer(0, Integer.MAX_VALUE))
                                .ifPresent(units -> capacity[0] = capacity[0].withResource(name, units))));
        return capacity[0];
    }
}
