package io.tandemsip.redis;

import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists a node's dialogs: bucket by bucket, in each the confirmed ones, then the early ones. Where buckets hold little, more
 * and more of them are asked at once. Thread-safe.
 */
final class DialogListing {
    static final int MOST_PER_PAGE = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(DialogListing.class);
    private static final Script LIST = Script.named("list");
    private static final int MOST_AT_ONCE = 64;

    private final Link link;
    private final Keyspace keys;
    private final Counters counters;

    DialogListing(Link link, Keyspace keys, Counters counters) {
        this.link = link;
        this.keys = keys;
        this.counters = counters;
    }

    CompletionStage<DialogPage> page(NodeId owner, Cursor from, int limit) {
        return next(owner, from, limit, 1, new ArrayList<>());
    }

    private CompletionStage<DialogPage> next(
            NodeId owner, Cursor from, int limit, int atOnce, List<DialogBinding> found) {
        List<Cursor> parts = new ArrayList<>();
        for (Cursor part = from; part.bucket() < keys.buckets() && parts.size() < atOnce; part = part.nextPart()) {
            parts.add(part);
        }
        int asked = limit - found.size();
        List<CompletableFuture<Reading>> readings = parts.stream()
                .map(part -> ask(owner, part, asked).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(readings.toArray(CompletableFuture<?>[]::new))
                .thenCompose(all -> {
                    for (int i = 0; i < parts.size(); i++) {
                        Reading reading = readings.get(i).join();
                        int room = limit - found.size();
                        if (room == 0) {
                            return page(found, parts.get(i));
                        }
                        if (reading.entries() > room) {
                            return next(owner, parts.get(i), limit, 1, found);
                        }
                        addReadable(reading.values(), found);
                        if (reading.entries() == asked) {
                            return page(found, parts.get(i).at(reading));
                        }
                    }
                    Cursor behind = parts.get(parts.size() - 1).nextPart();
                    return behind.bucket() == keys.buckets()
                            ? CompletableFuture.completedStage(new DialogPage(found, ""))
                            : next(owner, behind, limit, Math.min(MOST_AT_ONCE, 2 * atOnce), found);
                });
    }

    private static CompletionStage<DialogPage> page(List<DialogBinding> found, Cursor next) {
        return CompletableFuture.completedStage(new DialogPage(found, next.toString()));
    }

    private CompletionStage<Reading> ask(NodeId owner, Cursor part, int limit) {
        return link.run(
                        LIST,
                        List.of(keys.index(part.bucket(), part.phase(), owner)),
                        List.of(
                                keys.dialogs(part.bucket()),
                                owner.value(),
                                DialogValue.phase(part.phase()),
                                part.expiry(),
                                part.member(),
                                Integer.toString(limit)))
                .thenApply(Reading::of);
    }

    /** One that can't be read hides no other. */
    private void addReadable(List<String> values, List<DialogBinding> found) {
        for (String value : values) {
            try {
                found.add(DialogValue.binding(value));
            } catch (StoreCorruptException unreadable) {
                counters.unreadable.increment();
                LOG.warn("passed over in a listing: {}", unreadable.getMessage());
            }
        }
    }

    /** What a script read of one index. */
    private record Reading(int entries, String expiry, String member, List<String> values) {
        static Reading of(List<Object> answer) {
            List<String> texts = answer.stream().map(String::valueOf).toList();
            return new Reading(
                    Integer.parseInt(texts.get(0)), texts.get(1), texts.get(2), texts.subList(3, texts.size()));
        }
    }

    /**
     * Behind which entry a page begins.
     *
     * @param expiry of that entry, 0 to begin a part
     * @param member that entry, empty to begin a part
     */
    record Cursor(int bucket, DialogPhase phase, String expiry, String member) {
        private static final Pattern TEXT = Pattern.compile("(\\d{1,3}) ([CE]) (\\d{1,16}) ([A-Za-z0-9_-]{0,22})");

        static Cursor parse(String text, int buckets) {
            if (text.isEmpty()) {
                return new Cursor(0, DialogPhase.CONFIRMED, "0", "");
            }
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(1)) >= buckets) {
                throw new IllegalArgumentException(
                        "cursor: \"" + text + "\"; expected empty, or what the page before said");
            }
            DialogPhase phase = matcher.group(2).equals("C") ? DialogPhase.CONFIRMED : DialogPhase.EARLY;
            return new Cursor(Integer.parseInt(matcher.group(1)), phase, matcher.group(3), matcher.group(4));
        }

        Cursor at(Reading reading) {
            return new Cursor(bucket, phase, reading.expiry(), reading.member());
        }

        Cursor nextPart() {
            return phase == DialogPhase.CONFIRMED
                    ? new Cursor(bucket, DialogPhase.EARLY, "0", "")
                    : new Cursor(bucket + 1, DialogPhase.CONFIRMED, "0", "");
        }

        @Override
        public String toString() {
            return bucket + " " + DialogValue.phase(phase) + ' ' + expiry + ' ' + member;
        }
    }
}
