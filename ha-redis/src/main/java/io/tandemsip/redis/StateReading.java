package io.tandemsip.redis;

import io.tandemsip.cluster.SharedEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All of shared state, or what begins with a prefix. Immutable.
 *
 * @param revision after which change
 * @param entries sorted by key
 * @param unreadable how many were passed over
 */
record StateReading(long revision, List<SharedEntry> entries, int unreadable) {
    private static final int FIELDS = 3;

    StateReading {
        entries = List.copyOf(entries);
    }

    /** As the script answers; an entry that can't be read hides no other. */
    static StateReading of(List<Object> answer) {
        List<SharedEntry> entries = new ArrayList<>();
        int unreadable = 0;
        for (int i = 1; i < answer.size(); i += FIELDS) {
            String version = String.valueOf(answer.get(i + 1));
            if (version.isEmpty()) {
                unreadable++;
            } else {
                entries.add(new SharedEntry(
                        String.valueOf(answer.get(i)),
                        StoredText.unescaped(String.valueOf(answer.get(i + 2))),
                        Long.parseLong(version)));
            }
        }
        entries.sort(Comparator.comparing(SharedEntry::key));
        return new StateReading(Long.parseLong(String.valueOf(answer.get(0))), entries, unreadable);
    }
}
