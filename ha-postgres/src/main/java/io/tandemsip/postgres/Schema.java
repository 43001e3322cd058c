package io.tandemsip.postgres;

import io.tandemsip.error.ConfigurationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the tables to the version that this library works with, or says why it can't. Thread-safe. */
final class Schema {
    /** The version that this library knows. */
    static final int VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final int OLDEST_SERVER = 14;

    private static final int LONGEST_APPLY_MILLIS = 300_000;

    private final Sql sql;
    private final boolean applied;
    private volatile boolean checked;

    /** With {@code applied}, missing versions are applied; else somebody has done that by hand. */
    Schema(Sql sql, boolean applied) {
        this.sql = sql;
        this.applied = applied;
    }

    Sql sql() {
        return sql;
    }

    /** Does its work the first time it succeeds, and nothing afterwards. The connection commits by itself. */
    void checkOnce(Connection connection) throws SQLException {
        if (!checked) {
            checkServer(connection);
            Found found = found(connection);
            if (applied && found.version() < VERSION) {
                found = apply(connection);
            }
            check(found);
            checked = true;
        }
    }

    private static void checkServer(Connection connection) throws SQLException {
        int server = connection.getMetaData().getDatabaseMajorVersion();
        if (server < OLDEST_SERVER) {
            throw wrong("PostgreSQL: version " + server + "; expected " + OLDEST_SERVER + " or later");
        }
    }

    private void check(Found found) {
        String place = "schema " + sql.schema() + ": version " + found.version();
        if (found.version() < VERSION) {
            throw wrong(place + "; expected " + VERSION + ": apply V" + (found.version() + 1)
                    + ".sql and what follows by hand, or let the library do it");
        }
        if (found.readableFrom() > VERSION) {
            throw wrong(place + ", which needs a library that knows version " + found.readableFrom()
                    + "; this one knows " + VERSION + ": take a newer library");
        }
    }

    private static ConfigurationException wrong(String mistake) {
        return new ConfigurationException(List.of(mistake));
    }

    /** One at a time of all who start at once; the others find it done. */
    private Found apply(Connection connection) throws SQLException {
        int timeoutMillis = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, LONGEST_APPLY_MILLIS);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL statement_timeout = 0");
            statement.execute("SELECT pg_advisory_xact_lock(" + sql.lock("schema") + ")");
            if (!exists(connection)) {
                statement.execute("CREATE SCHEMA \"" + sql.schema() + '"');
            }
            for (int version = found(connection).version() + 1; version <= VERSION; version++) {
                statement.execute(sql.migration(version));
                LOG.info("applied version {} of schema {}", version, sql.schema());
            }
            connection.commit();
        } catch (SQLException | RuntimeException failure) {
            connection.rollback();
            throw failure;
        } finally {
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, timeoutMillis);
        }
        return found(connection);
    }

    private boolean exists(Connection connection) throws SQLException {
        return isTrue(connection, "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = ?)", sql.schema());
    }

    private Found found(Connection connection) throws SQLException {
        if (!isTrue(connection, "SELECT to_regclass(?) IS NOT NULL", sql.versionTable())) {
            return Found.NONE;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.statement("schema-version"))) {
            return row.next() ? new Found(row.getInt(1), row.getInt(2)) : Found.NONE;
        }
    }

    private static boolean isTrue(Connection connection, String question, String argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setString(1, argument);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private record Found(int version, int readableFrom) {
        static final Found NONE = new Found(0, 0);
    }
}
