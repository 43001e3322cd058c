package io.tandemsip.core.cluster;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.LossReason;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A take-over with the token of who wrote it. Text: {@code 1} for the version, then {@code name=value} words separated by
 * blanks, of which unknown ones are passed over; lives and cause, which are free text, come last, each on a line. Immutable.
 *
 * @param takeover how far it is
 * @param token the lease of who said so
 */
record TakeoverText(Takeover takeover, long token) {
    private static final String VERSION = "1";
    private static final int LONGEST_CAUSE = 1_000;

    String text() {
        String cause = takeover.cause();
        return VERSION + " state=" + takeover.state() + " epoch=" + takeover.epoch() + " to=" + takeover.successor()
                + " calls=" + takeover.calls() + " token=" + token + lost(takeover.lost())
                + "\nlife=" + NodeOrderText.line(takeover.incarnation().value())
                + "\ntolife="
                + NodeOrderText.line(takeover.successorIncarnation().value())
                + "\ncause=" + NodeOrderText.line(cause.substring(0, Math.min(LONGEST_CAUSE, cause.length())));
    }

    private static String lost(Map<LossReason, Integer> lost) {
        return lost.isEmpty()
                ? ""
                : new TreeMap<>(lost)
                        .entrySet().stream()
                                .map(each -> each.getKey() + ":" + each.getValue())
                                .collect(Collectors.joining(",", " lost=", ""));
    }

    /** Reasons of later versions are passed over. */
    private static Map<LossReason, Integer> lost(String text) {
        Map<LossReason, Integer> lost = new EnumMap<>(LossReason.class);
        for (LossReason reason : LossReason.values()) {
            Matcher count =
                    Pattern.compile("(?:^|,)" + reason + ":(\\d{1,9})(?:,|$)").matcher(text);
            if (count.find()) {
                lost.put(reason, Integer.parseInt(count.group(1)));
            }
        }
        return lost;
    }

    /** Null for what can't be read, a later version's text too. */
    static @Nullable TakeoverText read(NodeId dead, String text) {
        String[] lines = text.split("\n", -1);
        Map<String, String> values = new HashMap<>();
        String[] words = lines[0].split(" ", -1);
        if (!words[0].equals(VERSION)) {
            return null;
        }
        for (String word : words) {
            put(values, word);
        }
        for (int i = 1; i < lines.length; i++) {
            put(values, lines[i]);
        }
        try {
            Takeover takeover = new Takeover(
                    dead,
                    new Incarnation(values.getOrDefault("life", "")),
                    NodeId.of(values.getOrDefault("to", "")),
                    new Incarnation(values.getOrDefault("tolife", "")),
                    Long.parseLong(values.getOrDefault("epoch", "")),
                    TakeoverState.valueOf(values.getOrDefault("state", "")),
                    Integer.parseInt(values.getOrDefault("calls", "")),
                    values.getOrDefault("cause", ""),
                    lost(values.getOrDefault("lost", "")));
            return new TakeoverText(takeover, Long.parseLong(values.getOrDefault("token", "")));
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }

    private static void put(Map<String, String> values, String word) {
        int equals = word.indexOf('=');
        if (equals > 0) {
            values.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }
}
