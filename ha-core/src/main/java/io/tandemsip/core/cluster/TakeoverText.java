package io.tandemsip.core.cluster;

import io.tandemsip.core.takeover.TakeoverTable;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.LossReason;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A node's last take-over with the token of who wrote it, and those before. Text: {@code 1} for the version, then {@code name=value}
 * words separated by blanks, of which unknown ones are passed over; lives and cause, which are free text, come last, each on a line, and
 * after them what decides on the dialogs that moved before, numbered. Immutable.
 *
 * @param takeover how far it is
 * @param token the lease of who said so
 * @param earlier in the order in which they were
 */
record TakeoverText(Takeover takeover, long token, List<Takeover> earlier) {
    private static final String VERSION = "1";
    private static final int LONGEST_CAUSE = 1_000;
    private static final int MOST_EARLIER = TakeoverTable.MOST - 1;
    private static final Pattern BLANK = Pattern.compile(" ");

    /** The same after what stands. */
    TakeoverText over(@Nullable TakeoverText standing) {
        if (standing == null) {
            return this;
        }
        List<Takeover> before = new ArrayList<>(standing.earlier);
        if (standing.takeover.epoch() < takeover.epoch()) {
            before.add(standing.takeover);
        }
        return new TakeoverText(
                takeover, token, List.copyOf(before.subList(Math.max(0, before.size() - MOST_EARLIER), before.size())));
    }

    /** Whether somebody said the same of the last one. */
    boolean isSaidBy(@Nullable TakeoverText other) {
        return other != null && token == other.token && takeover.equals(other.takeover);
    }

    String text() {
        String cause = takeover.cause();
        return VERSION + " state=" + takeover.state() + " epoch=" + takeover.epoch() + " to=" + takeover.successor()
                + " calls=" + takeover.calls() + " token=" + token + lost(takeover.lost())
                + "\nlife=" + NodeOrderText.line(takeover.incarnation().value())
                + "\ntolife="
                + NodeOrderText.line(takeover.successorIncarnation().value())
                + "\ncause=" + NodeOrderText.line(cause.substring(0, Math.min(LONGEST_CAUSE, cause.length())))
                + IntStream.range(0, earlier.size())
                        .mapToObj(i -> earlier(i, earlier.get(i)))
                        .collect(Collectors.joining());
    }

    private static String earlier(int i, Takeover each) {
        return "\nbefore" + i + "=" + each.epoch() + " " + each.state() + " " + each.calls() + " " + each.successor()
                + "\nbefore" + i + "life="
                + NodeOrderText.line(each.incarnation().value())
                + "\nbefore" + i + "tolife="
                + NodeOrderText.line(each.successorIncarnation().value());
    }

    private static List<Takeover> earlier(NodeId dead, Map<String, String> values) {
        List<Takeover> earlier = new ArrayList<>();
        for (int i = 0; i < MOST_EARLIER && values.containsKey("before" + i); i++) {
            String[] words = BLANK.split(values.getOrDefault("before" + i, ""), 4);
            earlier.add(new Takeover(
                    dead,
                    new Incarnation(values.getOrDefault("before" + i + "life", "")),
                    NodeId.of(words[words.length - 1]),
                    new Incarnation(values.getOrDefault("before" + i + "tolife", "")),
                    Long.parseLong(words[0]),
                    TakeoverState.valueOf(words[1]),
                    Integer.parseInt(words[2]),
                    "it was taken over again since"));
        }
        return List.copyOf(earlier);
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
            return new TakeoverText(takeover, Long.parseLong(values.getOrDefault("token", "")), earlier(dead, values));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException unreadable) {
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
