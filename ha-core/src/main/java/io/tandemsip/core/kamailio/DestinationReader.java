package io.tandemsip.core.kamailio;

import io.tandemsip.core.source.InitialAdmin;
import io.tandemsip.core.source.Mistakes;
import io.tandemsip.core.source.NodeNames;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads one line, and notes everything that is wrong with it. Confined to one thread. */
final class DestinationReader {
    private static final int MOST_FIELDS = 5;
    private static final int MOST_FLAGS = 63;
    private static final int DISABLED = 4;
    private static final int MOST_PRIORITY = 65_535;
    private static final int MOST_WEIGHT = 100;

    private final int line;
    private final Mistakes mistakes;
    private final Priorities priorities;

    DestinationReader(int line, Mistakes mistakes, Priorities priorities) {
        this.line = line;
        this.mistakes = mistakes;
        this.priorities = priorities;
    }

    Optional<Destination> read(List<String> fields) {
        OptionalInt setId = integer("setid", fields.get(0), 0, Integer.MAX_VALUE);
        Optional<SipDestination> destination = destination(field(fields, 1, ""));
        OptionalInt flags = integer("flags", field(fields, 2, "0"), 0, MOST_FLAGS);
        OptionalInt priority = integer("priority", field(fields, 3, "0"), -MOST_PRIORITY, MOST_PRIORITY);
        Map<String, String> attributes = attributes(Fields.unquoted(field(fields, 4, "")));
        if (fields.size() > MOST_FIELDS) {
            mistakes.add(
                    line, "line", fields.get(MOST_FIELDS), "nothing after the attributes; quotes if they have spaces");
        }
        if (setId.isEmpty() || destination.isEmpty()) {
            return Optional.empty();
        }
        Optional<NodeId> duid = duid(attributes);
        Node.Builder node = Node.builder(duid.orElseGet(() -> NodeNames.of(destination.get())), destination.get());
        numbers(node, attributes);
        attributes.forEach(node::attribute);
        priority.ifPresent(value -> node.priority(tier(value)));
        flags.ifPresent(value -> flags(node, value));
        return Optional.of(new Destination(line, setId.getAsInt(), duid.isPresent(), node.build()));
    }

    private static String field(List<String> fields, int index, String absent) {
        return index < fields.size() ? fields.get(index) : absent;
    }

    private Optional<SipDestination> destination(String uri) {
        String expected = "a SIP URI, for example sip:127.0.0.11:5080;transport=tcp";
        try {
            if (!uri.isEmpty()) {
                return Optional.of(SipDestination.parse(Fields.unquoted(uri)));
            }
            mistakes.add(line, "destination", uri, expected);
        } catch (IllegalArgumentException wrong) {
            mistakes.add(line, "destination", uri, wrong);
        }
        return Optional.empty();
    }

    private Map<String, String> attributes(String text) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String part : Fields.attributes(text)) {
            int equals = part.indexOf('=');
            String name = (equals < 0 ? part : part.substring(0, equals)).strip();
            String value =
                    equals < 0 ? "" : Fields.unquoted(part.substring(equals + 1).strip());
            if (name.isEmpty()) {
                mistakes.add(line, "attrs", part, "name=value;name=value");
            } else if (attributes.putIfAbsent(name, value) != null) {
                mistakes.add(line, name, "twice", "each attribute once");
            }
        }
        return attributes;
    }

    private Optional<NodeId> duid(Map<String, String> attributes) {
        String duid = attributes.remove("duid");
        if (duid == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(NodeId.of(duid));
        } catch (IllegalArgumentException wrong) {
            mistakes.add(line, "duid", duid.isEmpty() ? "\"\"" : duid, wrong);
            return Optional.empty();
        }
    }

    private void numbers(Node.Builder node, Map<String, String> attributes) {
        number(attributes, "maxload", 0, Integer.MAX_VALUE)
                .ifPresent(calls -> node.capacity(calls == 0 ? Capacity.unlimited() : Capacity.calls(calls)));
        OptionalInt weight = number(attributes, "weight", 1, MOST_WEIGHT);
        OptionalInt relative = number(attributes, "rweight", 1, MOST_WEIGHT);
        (relative.isPresent() ? relative : weight).ifPresent(node::weight);
    }

    private OptionalInt number(Map<String, String> attributes, String name, int low, int high) {
        String text = attributes.remove(name);
        return text == null ? OptionalInt.empty() : integer(name, text, low, high);
    }

    private OptionalInt integer(String field, String text, int low, int high) {
        try {
            int value = Integer.parseInt(text);
            if (value >= low && value <= high) {
                return OptionalInt.of(value);
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        String range = high == Integer.MAX_VALUE ? low + " or more" : low + " to " + high;
        mistakes.add(line, field, text.isEmpty() ? "\"\"" : text, "a whole number, " + range);
        return OptionalInt.empty();
    }

    private int tier(int priority) {
        return switch (priorities) {
            case HIGHER_FIRST -> MOST_PRIORITY - priority;
            case LOWER_FIRST -> MOST_PRIORITY + priority;
            case IGNORED -> 0;
        };
    }

    /** Only "disabled" is an operator's word; what probes find out is found out anew. */
    private static void flags(Node.Builder node, int flags) {
        if (flags != 0) {
            node.attribute("flags", String.valueOf(flags));
        }
        if ((flags & DISABLED) != 0) {
            node.attribute(InitialAdmin.ATTRIBUTE, InitialAdmin.textOf(AdminState.OUT_OF_SERVICE));
        }
    }
}
