package io.tandemsip.core.cluster;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many calls of a node's limit each router may have, or has left there when it ended. Text: {@code 1}, then {@code
 * ROUTER=CALLS} words, separated by blanks. Immutable.
 *
 * @param granted by router; who has none is not in it
 */
record LimitLedger(Map<String, Integer> granted) {
    static final LimitLedger EMPTY = new LimitLedger(Map.of());

    private static final String VERSION = "1";

    LimitLedger {
        granted = Map.copyOf(granted);
    }

    /** What can be read; what can't, a later version's text too, is as if nothing stood there: each says anew what it has. */
    static LimitLedger read(@Nullable String text) {
        if (text == null) {
            return EMPTY;
        }
        String[] words = text.split(" ", -1);
        Map<String, Integer> granted = new TreeMap<>();
        for (int i = 1; i < words.length && words[0].equals(VERSION); i++) {
            int equals = words[i].lastIndexOf('=');
            try {
                int calls = Integer.parseInt(words[i].substring(equals + 1));
                if (equals > 0 && calls > 0) {
                    granted.put(words[i].substring(0, equals), calls);
                }
            } catch (NumberFormatException unreadable) {
                // one word that can't be read hides no other
            }
        }
        return new LimitLedger(granted);
    }

    String text() {
        StringBuilder text = new StringBuilder(VERSION);
        new TreeMap<>(granted)
                .forEach((router, calls) ->
                        text.append(' ').append(router).append('=').append(calls));
        return text.toString();
    }

    int of(String router) {
        return granted.getOrDefault(router, 0);
    }

    /** What all but one may have. */
    int others(String router) {
        return granted.values().stream().mapToInt(Integer::intValue).sum() - of(router);
    }

    LimitLedger with(String router, int calls) {
        Map<String, Integer> changed = new TreeMap<>(granted);
        if (calls > 0) {
            changed.put(router, calls);
        } else {
            changed.remove(router);
        }
        return new LimitLedger(changed);
    }
}
