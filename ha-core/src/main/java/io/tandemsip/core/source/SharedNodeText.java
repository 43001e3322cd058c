package io.tandemsip.core.source;

import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stands in shared state of a node of the list. Text: {@code 1}, then {@code removed}, or {@code configured}, or
 * {@code listed} and the node as {@code name=value} words, percent-encoded; words that are not known are passed over. Pure.
 */
final class SharedNodeText {
    static final String REMOVED = "1 removed";
    static final String CONFIGURED = "1 configured";
    private static final String LISTED = "1 listed";

    private SharedNodeText() {}

    static String text(Node node) {
        StringBuilder text = new StringBuilder(LISTED);
        word(text, "uri", node.destination().toString());
        node.pools().forEach(pool -> word(text, "pool", pool));
        word(text, "zone", node.zone());
        word(text, "priority", String.valueOf(node.priority()));
        word(text, "weight", String.valueOf(node.weight()));
        Capacity capacity = node.capacity();
        if (capacity.maxCalls() < Integer.MAX_VALUE) {
            word(text, "calls", String.valueOf(capacity.maxCalls()));
        }
        if (capacity.reserve() > 0) {
            word(text, "reserve", String.valueOf(capacity.reserve()));
        }
        if (capacity.burst() > 0) {
            word(text, "rate", String.valueOf(capacity.callsPerSecond()));
            word(text, "burst", String.valueOf(capacity.burst()));
        }
        new TreeMap<>(capacity.resources()).forEach((name, units) -> pair(text, "resource", name, units.toString()));
        new TreeMap<>(node.attributes()).forEach((name, value) -> pair(text, "attribute", name, value));
        return text.toString();
    }

    private static void word(StringBuilder text, String name, String value) {
        text.append(' ').append(name).append('=').append(encoded(value));
    }

    private static void pair(StringBuilder text, String name, String key, String value) {
        text.append(' ')
                .append(name)
                .append('=')
                .append(encoded(key))
                .append(':')
                .append(encoded(value));
    }

    /** Of the characters that separate words here it leaves none. */
    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String decoded(String value) {
        return URLDecoder.decode(value, StandardCharsets.UTF_8);
    }

    static boolean isListed(String text) {
        return text.startsWith(LISTED + " ");
    }

    /**
     * The node in a text that says one.
     *
     * @throws IllegalArgumentException says what can't be read
     */
    static Node node(NodeId id, String text) {
        List<String> pools = new ArrayList<>();
        Map<String, String> values = new TreeMap<>();
        Map<String, String> attributes = new TreeMap<>();
        Map<String, String> resources = new TreeMap<>();
        for (String word : text.substring(LISTED.length()).strip().split(" ", -1)) {
            int equals = word.indexOf('=');
            String name = word.substring(0, Math.max(0, equals));
            String value = word.substring(equals + 1);
            switch (name) {
                case "pool" -> pools.add(decoded(value));
                case "attribute" -> put(attributes, value);
                case "resource" -> put(resources, value);
                default -> values.put(name, decoded(value));
            }
        }
        Node.Builder node = Node.builder(id, SipDestination.parse(values.getOrDefault("uri", "")))
                .pools(pools)
                .zone(values.getOrDefault("zone", ""))
                .priority(Integer.parseInt(values.getOrDefault("priority", "0")))
                .weight(Double.parseDouble(values.getOrDefault("weight", "1")))
                .capacity(capacity(values, resources));
        attributes.forEach(node::attribute);
        return node.build();
    }

    private static void put(Map<String, String> into, String pair) {
        int colon = pair.indexOf(':');
        into.put(decoded(pair.substring(0, Math.max(0, colon))), decoded(pair.substring(colon + 1)));
    }

    private static Capacity capacity(Map<String, String> values, Map<String, String> resources) {
        Capacity capacity = Capacity.unlimited();
        if (values.containsKey("calls")) {
            capacity = capacity.withCalls(Integer.parseInt(values.getOrDefault("calls", "")));
        }
        if (values.containsKey("reserve")) {
            capacity = capacity.withReserve(Integer.parseInt(values.getOrDefault("reserve", "")));
        }
        if (values.containsKey("rate")) {
            capacity = capacity.withCallsPerSecond(
                    Double.parseDouble(values.getOrDefault("rate", "")),
                    Integer.parseInt(values.getOrDefault("burst", "")));
        }
        for (Map.Entry<String, String> each : resources.entrySet()) {
            capacity = capacity.withResource(each.getKey(), Integer.parseInt(each.getValue()));
        }
        return capacity;
    }
}
