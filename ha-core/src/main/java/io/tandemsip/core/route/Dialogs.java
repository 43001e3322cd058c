package io.tandemsip.core.route;

import java.util.HashSet;
import java.util.Set;

/**
 * The forks of a call that are known by their To tags. Immutable.
 *
 * @param early those with a provisional response
 * @param confirmed those with a 2xx
 * @param ended those that are over, so that a late 2xx does not raise them again
 */
record Dialogs(Set<String> early, Set<String> confirmed, Set<String> ended) {
    /** Bound by Call-ID and From tag; no fork is known. */
    static final Dialogs NONE = new Dialogs(Set.of(), Set.of(), Set.of());

    private static final int MOST_FORKS = 32;

    boolean knows(String tag) {
        return early.contains(tag) || confirmed.contains(tag) || ended.contains(tag);
    }

    Dialogs withEarly(String tag) {
        return knows(tag) || early.size() >= MOST_FORKS ? this : new Dialogs(plus(early, tag), confirmed, ended);
    }

    Dialogs withConfirmed(String tag) {
        return confirmed.contains(tag) || ended.contains(tag) || confirmed.size() >= MOST_FORKS
                ? this
                : new Dialogs(minus(early, tag), plus(confirmed, tag), ended);
    }

    Dialogs without(String tag) {
        return new Dialogs(
                minus(early, tag), minus(confirmed, tag), ended.size() < MOST_FORKS ? plus(ended, tag) : ended);
    }

    private static Set<String> plus(Set<String> tags, String tag) {
        Set<String> copy = new HashSet<>(tags);
        copy.add(tag);
        return Set.copyOf(copy);
    }

    private static Set<String> minus(Set<String> tags, String tag) {
        if (!tags.contains(tag)) {
            return tags;
        }
        Set<String> copy = new HashSet<>(tags);
        copy.remove(tag);
        return Set.copyOf(copy);
    }
}
