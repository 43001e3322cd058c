package io.tandemsip.postgres;

import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.error.StoreCorruptException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes many keys of shared state, each if its version is the one expected. All routers take turns, by the row that has
 * the last version; a batch is one turn. Thread-safe.
 */
final class StateWrites implements Lane.BatchWork<StateWrites.Change> {
    private final Database database;
    private final String sql;
    private final Runnable changed;

    StateWrites(Database database, Runnable changed) {
        this.database = database;
        this.sql = database.sql().statement("state-write");
        this.changed = changed;
    }

    @Override
    public void run(List<Change> changes) {
        Map<String, Change> byKey = new HashMap<>();
        changes.forEach(each -> byKey.put(each.stateKey, each));
        boolean anyWon = database.call(connection -> {
            try (Batch<Change> batch = new Batch<>(connection, sql, changes)) {
                ResultSet rows = batch.value(changes.size())
                        .texts(each -> each.stateKey)
                        .longs(each -> each.expected)
                        .texts(each -> each.value == null ? null : StoredText.escaped(each.value))
                        .longs(each -> each.lifeMicros)
                        .send();
                return decide(rows, byKey);
            }
        });
        if (anyWon) {
            changed.run();
        }
    }

    private static boolean decide(ResultSet rows, Map<String, Change> byKey) throws SQLException {
        boolean anyWon = false;
        while (rows.next()) {
            Change each = byKey.get(rows.getString("key"));
            if (each != null) {
                each.decide(rows);
            }
            anyWon |= rows.getBoolean("won");
        }
        return anyWon;
    }

    /** One compare-and-set, or a removal, which has no value. */
    static final class Change extends Request<CasResult> {
        private final String stateKey;
        private final long expected;
        private final @Nullable String value;
        private final long lifeMicros;

        Change(String stateKey, long expected, @Nullable String value, long lifeMicros) {
            super(stateKey);
            this.stateKey = stateKey;
            this.expected = expected;
            this.value = value;
            this.lifeMicros = lifeMicros;
        }

        private void decide(ResultSet row) throws SQLException {
            if (row.getBoolean("won")) {
                succeed(new CasResult.Applied(row.getLong("version")));
                return;
            }
            try {
                succeed(new CasResult.Conflict(standing(row)));
            } catch (StoreCorruptException unreadable) {
                failUnlessDecided(unreadable);
            }
        }

        private Optional<SharedEntry> standing(ResultSet row) throws SQLException {
            return row.getBoolean("stands")
                    ? Optional.of(new SharedEntry(
                            stateKey,
                            StoredText.unescaped(row.getString("standing_value")),
                            row.getLong("standing_version")))
                    : Optional.empty();
        }
    }
}
