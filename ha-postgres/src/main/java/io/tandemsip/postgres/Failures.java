package io.tandemsip.postgres;

import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says what an SQL error means for what was asked: surely not done, or perhaps. Pure. */
final class Failures {
    private static final String READ_ONLY = "25006";
    /** The other side of these is not known: the statement may have been committed before the connection went. */
    private static final Set<String> UNKNOWN_CLASSES = Set.of("08", "57P", "40003", "58", "XX");

    private Failures() {}

    /** No connection could be had: nothing was asked. */
    static HaException notSent(SQLException failure) {
        return new StoreUnavailableException("PostgreSQL gives no connection: " + words(failure), failure);
    }

    /** The error of a statement that was sent. */
    static HaException sent(SQLException failure) {
        return isUnknown(failure.getSQLState())
                ? new StoreTimeoutException("PostgreSQL did not answer: " + words(failure), failure)
                : new StoreUnavailableException("PostgreSQL refused: " + words(failure), failure);
    }

    private static boolean isUnknown(@Nullable String state) {
        return state == null || UNKNOWN_CLASSES.stream().anyMatch(state::startsWith);
    }

    /** Whether another connection may do better: this one is dead, or leads to a server that was demoted. */
    static boolean spoilsConnection(SQLException failure) {
        return isUnknown(failure.getSQLState()) || READ_ONLY.equals(failure.getSQLState());
    }

    /** Whether the server rolled back for the sake of others (deadlock, serialization), so that it may be asked again. */
    static boolean mayPassAtOnce(SQLException failure) {
        return "40P01".equals(failure.getSQLState()) || "40001".equals(failure.getSQLState());
    }

    /** Whether something that was asked is at fault, and not the server. */
    static boolean isByContent(HaException failure) {
        return failure.getCause() instanceof SQLException sql
                && sql.getSQLState() != null
                && (sql.getSQLState().startsWith("22") || sql.getSQLState().startsWith("23"));
    }

    /** Wrong user, password, database or rights: what only a person can mend. */
    static boolean isByConfiguration(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("28") || state.equals("3D000") || state.equals("42501"));
    }

    /** The innermost SQL error's words: HikariCP wraps them into its own. Statements and their values are not in them. */
    static String words(SQLException failure) {
        SQLException innermost = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                innermost = sql;
            }
        }
        String state = innermost.getSQLState();
        return innermost.getMessage() + (state == null ? "" : " (SQLSTATE " + state + ')');
    }
}
