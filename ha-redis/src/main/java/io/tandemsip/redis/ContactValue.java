package io.tandemsip.redis;

import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What stands in a field of a user: version and expiry; CSeq; Call-ID; q; reg-id; contact; instance; node; flow; then the
 * Path headers; a line each. Pure.
 */
final class ContactValue {
    private static final char VERSION = '1';
    private static final int LINES_BEFORE_PATH = 9;

    private ContactValue() {}

    static String field(ContactBinding contact) {
        return StoredKey.of(StoredText.escaped(contact.key()));
    }

    /** What follows the Call-ID. */
    static String rest(ContactBinding contact) {
        String path = contact.path().stream()
                .map(each -> '\n' + StoredText.escaped(each))
                .collect(Collectors.joining());
        return contact.quality()
                + "\n"
                + contact.regId()
                + '\n'
                + StoredText.escaped(contact.contact())
                + '\n'
                + StoredText.escaped(contact.instanceId())
                + '\n'
                + StoredText.escaped(contact.node().map(NodeId::value).orElse(""))
                + '\n'
                + StoredText.escaped(contact.flow())
                + path;
    }

    static ContactBinding read(String value, long nowMillis) {
        String[] lines = value.split("\n", -1);
        if (lines.length < LINES_BEFORE_PATH || lines[0].isEmpty() || lines[0].charAt(0) != VERSION) {
            throw new StoreCorruptException("a contact in Redis is not of version " + VERSION + ", or damaged");
        }
        try {
            String node = StoredText.unescaped(lines[7]);
            return new ContactBinding(
                    StoredText.unescaped(lines[5]),
                    StoredText.unescaped(lines[2]),
                    Long.parseLong(lines[1]),
                    Duration.ofMillis(Math.max(0, Long.parseLong(lines[0].substring(1)) - nowMillis)),
                    Integer.parseInt(lines[3]),
                    path(lines),
                    StoredText.unescaped(lines[6]),
                    Integer.parseInt(lines[4]),
                    node.isEmpty() ? Optional.empty() : Optional.of(NodeId.of(node)),
                    StoredText.unescaped(lines[8]));
        } catch (IllegalArgumentException unreadable) {
            throw new StoreCorruptException("a contact in Redis: " + unreadable.getMessage(), unreadable);
        }
    }

    private static List<String> path(String[] lines) {
        return Arrays.stream(lines, LINES_BEFORE_PATH, lines.length)
                .map(StoredText::unescaped)
                .toList();
    }
}
