package io.tandemsip.postgres;

import com.zaxxer.hikari.HikariDataSource;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lends connections for one piece of work at a time, with a limit on how long the server may be silent, and says what an error
 * means. Blocks. Thread-safe.
 */
final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int MOST_TRIES = 4;
    private static final Executor AT_ONCE = Runnable::run;

    private final Connections connections;
    private final int timeoutMillis;
    private final Schema schema;

    Database(Connections connections, int timeoutMillis, Schema schema) {
        this.connections = connections;
        this.timeoutMillis = timeoutMillis;
        this.schema = schema;
    }

    Sql sql() {
        return schema.sql();
    }

    /** Looks at the tables, and makes them where that is allowed. */
    void check() {
        release(ready());
    }

    /** Works on a connection whose schema is known to fit; what was rolled back for the sake of others is done again. */
    <T> T call(Work<T> work) {
        Connection connection = readyOrUnavailable();
        try {
            return retried(work, connection);
        } catch (SQLException failure) {
            if (Failures.spoilsConnection(failure)) {
                discard(connection);
            }
            throw Failures.sent(failure);
        } finally {
            release(connection);
        }
    }

    /** Tables that don't fit were a mistake at the start, and are an outage later. */
    private Connection readyOrUnavailable() {
        try {
            return ready();
        } catch (ConfigurationException wrong) {
            throw new StoreUnavailableException("PostgreSQL can't be used: " + wrong.getMessage(), wrong);
        }
    }

    private Connection ready() {
        Connection connection = connection();
        try {
            prepare(connection);
            return connection;
        } catch (SQLException failure) {
            discard(connection);
            release(connection);
            throw Failures.notSent(failure);
        } catch (RuntimeException failure) {
            release(connection);
            throw failure;
        }
    }

    /** A connection for somebody who keeps it until he aborts it. */
    Connection keep() throws SQLException {
        Connection connection = connections.dedicated();
        try {
            prepare(connection);
            return connection;
        } catch (SQLException | RuntimeException failure) {
            connection.abort(AT_ONCE);
            throw failure;
        }
    }

    private void prepare(Connection connection) throws SQLException {
        connection.setNetworkTimeout(AT_ONCE, timeoutMillis);
        if (!connection.getAutoCommit()) {
            connection.setAutoCommit(true);
        }
        schema.checkOnce(connection);
    }

    private Connection connection() {
        try {
            return connections.shared().getConnection();
        } catch (SQLException failure) {
            throw Failures.notSent(failure);
        }
    }

    private static <T> T retried(Work<T> work, Connection connection) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                return work.on(connection);
            } catch (SQLException failure) {
                if (tries == MOST_TRIES || !Failures.mayPassAtOnce(failure)) {
                    throw failure;
                }
            }
        }
    }

    /** A pool shall not lend it again. */
    private void discard(Connection connection) {
        try {
            if (connections.shared() instanceof HikariDataSource pool) {
                pool.evictConnection(connection);
            } else {
                connection.abort(AT_ONCE);
            }
        } catch (SQLException failure) {
            LOG.debug("a broken connection could not be aborted: {}", failure.getMessage());
        }
    }

    /** What was answered stays answered, even if the connection breaks now. */
    private static void release(Connection connection) {
        try {
            connection.close();
        } catch (SQLException failure) {
            LOG.debug("a connection could not be given back: {}", failure.getMessage());
        }
    }

    /**
     * Something to do with a connection.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException, HaException;
    }
}
