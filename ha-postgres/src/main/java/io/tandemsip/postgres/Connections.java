package io.tandemsip.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Where connections come from: lent for one piece of work, or kept by somebody. Thread-safe. */
interface Connections extends AutoCloseable {
    /** The pool, or the source that was given. */
    DataSource shared();

    /** One that is in no pool, where that can be had. */
    Connection dedicated() throws SQLException;

    /** Closes what was made here, and nothing that was given. */
    @Override
    void close();

    /** Connections of somebody else. */
    static Connections given(DataSource source) {
        return new Connections() {
            @Override
            public DataSource shared() {
                return source;
            }

            @Override
            public Connection dedicated() throws SQLException {
                return source.getConnection();
            }

            @Override
            public void close() {
                // not ours
            }
        };
    }
}
