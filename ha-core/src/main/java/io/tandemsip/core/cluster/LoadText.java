package io.tandemsip.core.cluster;

import io.tandemsip.node.NodeId;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a router has on each node. Text: {@code 1} for the version, then {@code node=calls} for each node that has any; where
 * another router was lost, a {@code |} and again words for how many of these it has written to the dialog store. Separated by
 * blanks. Immutable.
 *
 * @param calls how many it has
 * @param written how many of them are surely in the dialog store; empty where nobody asks
 */
record LoadText(Map<NodeId, Integer> calls, Map<NodeId, Integer> written) {
    static final LoadText NONE = new LoadText(Map.of(), Map.of());

    private static final String VERSION = "1";
    private static final String WRITTEN = "|";
    private static final int LONGEST = 65_000;

    LoadText {
        calls = Collections.unmodifiableMap(new HashMap<>(calls)); // gone through faster than Map.copyOf
        written = Map.copyOf(written);
    }

    /** Of more than a value holds (some thousand nodes) the least loaded are left out. */
    String text() {
        StringBuilder text = new StringBuilder(VERSION);
        append(text, calls);
        if (!written.isEmpty()) {
            text.append(' ').append(WRITTEN);
            append(text, written);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, Map<NodeId, Integer> counts) {
        List<Map.Entry<NodeId, Integer>> most = counts.entrySet().stream()
                .filter(each -> each.getValue() > 0)
                .sorted(Map.Entry.<NodeId, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(each -> each.getKey().value()))
                .toList();
        for (Map.Entry<NodeId, Integer> each : most) {
            String word = " " + each.getKey() + '=' + each.getValue();
            if (text.length() + word.length() > LONGEST) {
                break;
            }
            text.append(word);
        }
    }

    /** What can be read; what can't, a later version's text too, counts as nothing. */
    static LoadText read(String text) {
        String[] words = text.split(" ", -1);
        if (!words[0].equals(VERSION)) {
            return NONE;
        }
        Map<NodeId, Integer> calls = new HashMap<>();
        Map<NodeId, Integer> written = new HashMap<>();
        Map<NodeId, Integer> into = calls;
        for (int i = 1; i < words.length; i++) {
            if (words[i].equals(WRITTEN)) {
                into = written;
            } else {
                read(words[i], into);
            }
        }
        return new LoadText(calls, written);
    }

    private static void read(String word, Map<NodeId, Integer> into) {
        int equals = word.lastIndexOf('=');
        try {
            int count = Integer.parseInt(word.substring(equals + 1));
            if (equals > 0 && count > 0) {
                into.put(NodeId.of(word.substring(0, equals)), count);
            }
        } catch (IllegalArgumentException unreadable) {
            // one entry that can't be read hides no other
        }
    }
}
