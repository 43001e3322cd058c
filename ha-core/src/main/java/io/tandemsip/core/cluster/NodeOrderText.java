package io.tandemsip.core.cluster;

import io.tandemsip.core.cluster.NodeOrder.DrainEntry;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.StragglerPolicy;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Orders as text: {@code 1} for the version, then {@code name=value} words separated by blanks, of which unknown ones are
 * passed over; the texts for people come last, {@code reason} (of a drain) and {@code cause}, each on a line of its own.
 * Pure.
 */
final class NodeOrderText {
    private static final String VERSION = "1";
    private static final int LONGEST_CAUSE = 1_000;

    private NodeOrderText() {}

    static String write(NodeOrder order) {
        StringBuilder text = new StringBuilder(VERSION)
                .append(" epoch=")
                .append(order.epoch())
                .append(" state=")
                .append(order.state())
                .append(" by=")
                .append(order.by());
        order.drain().ifPresent(drain -> write(text, drain));
        order.drain()
                .ifPresent(drain ->
                        text.append("\nreason=").append(line(drain.plan().reason())));
        return text.append("\ncause=").append(line(order.cause())).toString();
    }

    private static void write(StringBuilder text, DrainEntry drain) {
        text.append(" drain=").append(drain.state());
        text.append(" before=").append(drain.before());
        drain.plan().deadline().ifPresent(limit -> text.append(" deadline=").append(limit));
        text.append(" atdeadline=").append(drain.plan().atDeadline());
        text.append(" elapsed=").append(drain.elapsed());
        text.append(" start=").append(drain.atStart());
        text.append(" left=").append(drain.left());
        text.append(" token=").append(drain.token());
    }

    /** Null for what can't be read, a later version's text too. */
    static @Nullable NodeOrder read(NodeId node, String text) {
        String[] lines = text.split("\n", -1);
        String[] words = lines[0].split(" ", -1);
        if (!words[0].equals(VERSION)) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            put(values, words[i]);
        }
        for (int i = 1; i < lines.length; i++) {
            put(values, lines[i]);
        }
        try {
            return read(node, values);
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException unreadable) {
            return null;
        }
    }

    private static void put(Map<String, String> values, String word) {
        int equals = word.indexOf('=');
        if (equals > 0) {
            values.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }

    private static NodeOrder read(NodeId node, Map<String, String> values) {
        Optional<DrainEntry> drain =
                values.containsKey("drain") ? Optional.of(drain(node, values)) : Optional.<DrainEntry>empty();
        return new NodeOrder(
                number(values, "epoch"),
                AdminState.valueOf(value(values, "state")),
                value(values, "by"),
                values.getOrDefault("cause", ""),
                drain);
    }

    private static DrainEntry drain(NodeId node, Map<String, String> values) {
        DrainPlan plan = new DrainPlan(
                node,
                Optional.ofNullable(values.get("deadline")).map(Duration::parse),
                values.getOrDefault("reason", ""),
                StragglerPolicy.valueOf(value(values, "atdeadline")));
        return new DrainEntry(
                plan,
                AdminState.valueOf(value(values, "before")),
                Duration.parse(value(values, "elapsed")),
                number(values, "start"),
                number(values, "left"),
                DrainState.valueOf(value(values, "drain")),
                number(values, "token"));
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("order: no " + name);
        }
        return value;
    }

    private static long number(Map<String, String> values, String name) {
        return Long.parseLong(value(values, name));
    }

    /** One line, of a length that is fit to be read. */
    static String line(String text) {
        String cut = text.length() > LONGEST_CAUSE ? text.substring(0, LONGEST_CAUSE) : text;
        return cut.replace('\n', ' ').replace('\r', ' ');
    }
}
