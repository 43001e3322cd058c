package io.tandemsip.core.cluster;

import io.tandemsip.node.NodeId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls per node as text: {@code 1} for the version, then {@code node=calls} for each node that has any, separated by
 * blanks. Pure.
 */
final class LoadText {
    private static final String VERSION = "1";
    private static final int LONGEST = 65_000;

    private LoadText() {}

    /** Of more than a value holds (some thousand nodes) the least loaded are left out. */
    static String write(Map<NodeId, Integer> calls) {
        List<Map.Entry<NodeId, Integer>> most = calls.entrySet().stream()
                .filter(each -> each.getValue() > 0)
                .sorted(Map.Entry.<NodeId, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(each -> each.getKey().value()))
                .toList();
        StringBuilder text = new StringBuilder(VERSION);
        for (Map.Entry<NodeId, Integer> each : most) {
            String word = " " + each.getKey() + '=' + each.getValue();
            if (text.length() + word.length() > LONGEST) {
                break;
            }
            text.append(word);
        }
        return text.toString();
    }

    /** What can be read; what can't, a later version's text too, counts as nothing. */
    static Map<NodeId, Integer> read(String text) {
        Map<NodeId, Integer> calls = new HashMap<>();
        String[] words = text.split(" ", -1);
        if (!words[0].equals(VERSION)) {
            return calls;
        }
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].lastIndexOf('=');
            try {
                int count = Integer.parseInt(words[i].substring(equals + 1));
                if (equals > 0 && count > 0) {
                    calls.put(NodeId.of(words[i].substring(0, equals)), count);
                }
            } catch (IllegalArgumentException unreadable) {
                // one entry that can't be read hides no other
            }
        }
        return calls;
    }
}
