package io.tandemsip.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Connections by URL, the lent ones pooled. Of several hosts the primary is used; a host that is silent is given up in time.
 * Thread-safe.
 */
final class OwnPool implements Connections {
    private static final int SHORTEST_MILLIS = 250;
    private static final long LONGEST_LIFE_MILLIS = TimeUnit.MINUTES.toMillis(30);
    private static final long KEEPALIVE_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final String url;
    private final Properties properties;
    private final HikariDataSource pool;

    OwnPool(PostgresStoresBuilder settings) {
        url = settings.url();
        properties = properties(settings);
        pool = new HikariDataSource(config(settings));
    }

    /** What the URL says outranks all of these. */
    private static Properties properties(PostgresStoresBuilder settings) {
        Properties properties = new Properties();
        long seconds = Math.max(1, TimeUnit.MILLISECONDS.toSeconds(settings.timeoutMillis() + 999L));
        properties.setProperty("ApplicationName", "tandem");
        properties.setProperty("targetServerType", "primary");
        properties.setProperty("hostRecheckSeconds", "2");
        properties.setProperty("connectTimeout", String.valueOf(seconds));
        properties.setProperty("socketTimeout", String.valueOf(seconds + 1));
        properties.setProperty("tcpKeepAlive", "true");
        // values of statements stay out of messages
        properties.setProperty("logServerErrorDetail", "false");
        settings.user().ifPresent(user -> properties.setProperty("user", user));
        settings.password().ifPresent(password -> properties.setProperty("password", password));
        return properties;
    }

    private HikariConfig config(PostgresStoresBuilder settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("tandem-" + settings.schema());
        config.setJdbcUrl(url);
        config.setDataSourceProperties(properties);
        config.setMaximumPoolSize(settings.poolSize());
        config.setConnectionTimeout(Math.max(SHORTEST_MILLIS, settings.timeoutMillis()));
        config.setValidationTimeout(Math.max(SHORTEST_MILLIS, settings.timeoutMillis() / 2));
        config.setMaxLifetime(LONGEST_LIFE_MILLIS);
        config.setKeepaliveTime(KEEPALIVE_MILLIS);
        // the first use says what is wrong, and a server that is away is waited for
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(session(settings));
        return config;
    }

    /** The server ends a statement before the client gives up, so that it is known not to be done; tables that grow are planned for as they are; nothing is compiled. */
    private static String session(PostgresStoresBuilder settings) {
        return "SET statement_timeout = " + settings.timeoutMillis() * 4 / 5
                + "; SET plan_cache_mode = force_custom_plan; SET jit = off";
    }

    @Override
    public DataSource shared() {
        return pool;
    }

    @Override
    public Connection dedicated() throws SQLException {
        return DriverManager.getConnection(url, properties);
    }

    @Override
    public void close() {
        pool.close();
    }
}
