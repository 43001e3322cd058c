package io.tandemsip.postgres;

import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.postgres.KnownState.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what stands in shared state on a connection that is kept. Thread-safe. */
final class StateReader {
    private static final Logger LOG = LoggerFactory.getLogger(StateReader.class);

    private final String revision;
    private final String read;
    private final String listen;
    private final Counters counters;

    StateReader(Sql sql, Counters counters) {
        revision = sql.statement("state-revision");
        read = sql.statement("state-read");
        listen = "LISTEN " + sql.channel();
        this.counters = counters;
    }

    void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(listen);
        }
    }

    long revision(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(revision);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : KnownState.NOTHING;
        }
    }

    /** All keys that stand, with the values of those that changed after a revision. */
    Reading read(Connection connection, long since) throws SQLException {
        List<Row> standing = new ArrayList<>();
        long last = KnownState.NOTHING;
        long firstExpiryNanos = Long.MAX_VALUE;
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            statement.setLong(1, since);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    last = row.getLong("last");
                    addReadable(row, standing);
                    long leftMicros = row.getLong("left_us");
                    if (!row.wasNull()) {
                        firstExpiryNanos = Math.min(firstExpiryNanos, TimeUnit.MICROSECONDS.toNanos(leftMicros));
                    }
                }
            }
        }
        return new Reading(last, standing, firstExpiryNanos);
    }

    private void addReadable(ResultSet row, List<Row> standing) throws SQLException {
        String key = row.getString("key");
        if (key == null) {
            return;
        }
        try {
            standing.add(new Row(
                    key,
                    row.getLong("version"),
                    Optional.ofNullable(row.getString("value")).map(StoredText::unescaped)));
        } catch (StoreCorruptException unreadable) {
            counters.unreadable.increment();
            LOG.warn("key {} of shared state is passed over: {}", key, unreadable.getMessage());
        }
    }

    /**
     * What stood at one moment.
     *
     * @param last the revision
     * @param standing all keys
     * @param firstExpiryNanos until the next key expires; the largest number if none does
     */
    record Reading(long last, List<Row> standing, long firstExpiryNanos) {}
}
