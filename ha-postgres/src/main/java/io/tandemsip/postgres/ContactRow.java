package io.tandemsip.postgres;

import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.node.NodeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A row of the table of contacts, as it is stored. Immutable.
 *
 * @param contact empty if the row can't be read
 */
record ContactRow(UUID userKey, UUID contactKey, Optional<ContactBinding> contact) {
    private static final String NEWLINE = "\n";
    private static final String ESCAPED_NEWLINE = "\\u000a";

    static UUID key(AddressOfRecord user) {
        return StoredKey.of(StoredText.escaped(user.uri()));
    }

    static UUID key(ContactBinding contact) {
        return StoredKey.of(StoredText.escaped(contact.key()));
    }

    /** One user's REGISTERs come one after the other. */
    static long lock(UUID userKey) {
        return userKey.getLeastSignificantBits();
    }

    static String path(List<String> path) {
        return path.stream()
                .map(each -> StoredText.escaped(each).replace(NEWLINE, ESCAPED_NEWLINE) + NEWLINE)
                .collect(Collectors.joining());
    }

    static List<String> path(String stored) {
        return stored.isEmpty()
                ? List.of()
                : Arrays.stream(stored.substring(0, stored.length() - 1).split(NEWLINE, -1))
                        .map(StoredText::unescaped)
                        .toList();
    }

    static ContactRow read(ResultSet row) throws SQLException {
        return new ContactRow(
                row.getObject("user_key", UUID.class), row.getObject("contact_key", UUID.class), contact(row));
    }

    private static Optional<ContactBinding> contact(ResultSet row) throws SQLException {
        try {
            String node = row.getString("node");
            return Optional.of(new ContactBinding(
                    text(row, "contact"),
                    text(row, "call_id"),
                    row.getLong("cseq"),
                    Duration.of(row.getLong("left_us"), ChronoUnit.MICROS),
                    row.getInt("q"),
                    path(row.getString("path")),
                    text(row, "instance_id"),
                    row.getInt("reg_id"),
                    node.isEmpty() ? Optional.empty() : Optional.of(NodeId.of(node)),
                    text(row, "flow")));
        } catch (IllegalArgumentException | StoreCorruptException unreadable) {
            return Optional.empty();
        }
    }

    private static String text(ResultSet row, String column) throws SQLException {
        return StoredText.unescaped(row.getString(column));
    }

    /** What was read; whoever asks for a user is told of a row that can't be. */
    ContactBinding readable() {
        return contact.orElseThrow(
                () -> new StoreCorruptException("contact " + contactKey + " of user " + userKey + ": unreadable"));
    }
}
