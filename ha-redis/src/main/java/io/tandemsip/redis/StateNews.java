package io.tandemsip.redis;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.error.StoreCorruptException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A change of shared state as it is published. Immutable.
 *
 * @param before the revision that it follows
 * @param revision its own
 * @param change what changed
 */
record StateNews(long before, long revision, SharedChange change) {
    private static final Pattern TEXT =
            Pattern.compile("1([PG])(\\d{1,18}) (\\d{1,18}) ([ -~]{1,200})\\n(.*)", Pattern.DOTALL);

    /** Reads a message; empty if somebody else wrote it. */
    static Optional<StateNews> parse(String message) {
        Matcher matcher = TEXT.matcher(message);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long revision = Long.parseLong(matcher.group(3));
        String key = matcher.group(4);
        try {
            SharedChange change = matcher.group(1).equals("P")
                    ? new SharedChange.Put(new SharedEntry(key, StoredText.unescaped(matcher.group(5)), revision))
                    : new SharedChange.Gone(key);
            return Optional.of(new StateNews(Long.parseLong(matcher.group(2)), revision, change));
        } catch (StoreCorruptException unreadable) {
            return Optional.empty();
        }
    }
}
