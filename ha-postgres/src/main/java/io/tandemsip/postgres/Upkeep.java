package io.tandemsip.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Removes what expired, some pages a second; of all routers one does it at a time. What expired is as good as absent before,
 * so nothing depends on when this happens. Thread-safe.
 */
final class Upkeep {
    private static final List<String> SWEPT = List.of("dialog", "contact");

    private final Lane<Single<?>> lane;
    private final Counters counters;
    private final Sql sql;
    private final String state;

    Upkeep(Database database, Traffic traffic) {
        lane = traffic.lane("upkeep", 1, Single.on(database));
        counters = traffic.counters();
        sql = database.sql();
        state = sql.statement("state-sweep");
    }

    void begin(ScheduledExecutorService timer) {
        var unused = timer.scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.SECONDS);
    }

    /** One step in each table. */
    Single<Long> sweep() {
        Single<Long> step = new Single<>(connection -> {
            long removed = 0;
            for (String table : SWEPT) {
                removed += sweep(connection, table);
            }
            try (PreparedStatement statement = connection.prepareStatement(state)) {
                removed += statement.executeUpdate();
            }
            counters.swept.add(removed);
            return removed;
        });
        lane.add(step);
        return step;
    }

    private long sweep(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.sweep(table))) {
            statement.setString(1, table);
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    void close() {
        lane.close();
    }
}
