package io.tandemsip.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A statement whose parameters are columns: one array for each, with a value for each request. Confined to one thread.
 *
 * @param <T> the requests
 */
final class Batch<T> implements AutoCloseable {
    private final PreparedStatement statement;
    private final List<T> rows;
    private int parameters;

    Batch(Connection connection, String sql, List<T> rows) throws SQLException {
        this.statement = connection.prepareStatement(sql);
        this.rows = rows;
    }

    Batch<T> value(long value) throws SQLException {
        statement.setLong(++parameters, value);
        return this;
    }

    /** A column of another length than the requests are many. */
    Batch<T> column(String type, Object[] values) throws SQLException {
        return array(type, values);
    }

    Batch<T> text(String value) throws SQLException {
        statement.setString(++parameters, value);
        return this;
    }

    Batch<T> keys(Function<T, UUID> column) throws SQLException {
        return array("uuid", rows.stream().map(column).toArray());
    }

    Batch<T> texts(Function<T, @Nullable String> column) throws SQLException {
        return array("text", rows.stream().map(column).toArray());
    }

    Batch<T> longs(ToLongFunction<T> column) throws SQLException {
        return array("int8", rows.stream().map(column::applyAsLong).toArray());
    }

    private Batch<T> array(String type, Object[] values) throws SQLException {
        statement.setArray(++parameters, statement.getConnection().createArrayOf(type, values));
        return this;
    }

    /** The rows that the last statement gives. */
    ResultSet send() throws SQLException {
        List<ResultSet> all = sendAll();
        return all.get(all.size() - 1);
    }

    /** The rows of each statement that gives any; at least of one. */
    List<ResultSet> sendAll() throws SQLException {
        List<ResultSet> all = new ArrayList<>();
        boolean isRows = statement.execute();
        while (isRows || statement.getUpdateCount() >= 0) {
            if (isRows) {
                all.add(statement.getResultSet());
            }
            isRows = statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
        }
        if (all.isEmpty()) {
            throw new IllegalStateException("a statement gives no rows; expected some");
        }
        return all;
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
