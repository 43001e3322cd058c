package io.tandemsip.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;

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

    Batch<T> text(String value) throws SQLException {
        statement.setString(++parameters, value);
        return this;
    }

    Batch<T> keys(Function<T, UUID> column) throws SQLException {
        return array("uuid", rows.stream().map(column).toArray());
    }

    Batch<T> texts(Function<T, ? extends CharSequence> column) throws SQLException {
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
        boolean isRows = statement.execute();
        ResultSet last = null;
        while (isRows || statement.getUpdateCount() >= 0) {
            last = isRows ? statement.getResultSet() : null;
            isRows = statement.getMoreResults(PreparedStatement.KEEP_CURRENT_RESULT);
        }
        if (last == null) {
            throw new IllegalStateException("the statement gives no rows; expected some");
        }
        return last;
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
