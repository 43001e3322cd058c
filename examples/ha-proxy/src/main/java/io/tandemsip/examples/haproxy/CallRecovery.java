package io.tandemsip.examples.haproxy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.freeswitch.FreeSwitchRecovery;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.examples.haproxy.config.StoreConfig;
import io.tandemsip.examples.haproxy.config.TakeoverConfig;
import io.tandemsip.node.Node;
import io.tandemsip.postgres.FreeSwitchTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Has FreeSWITCH nodes go on with the calls of one that died, by the rows in the database that they share. Close it after the
 * router. Thread-safe.
 */
final class CallRecovery implements AutoCloseable {
    private static final int CONNECTIONS = 2;
    private static final int CONNECT_MILLIS = 1_000;
    /** Below the two seconds after which rows that were made ready are not trusted any more. */
    private static final int STATEMENT_MILLIS = 1_500;

    private final TakeoverConfig config;
    private final ExecutorService statements = Executors.newFixedThreadPool(CONNECTIONS, task -> {
        Thread thread = new Thread(task, "ha-proxy-recovery");
        thread.setDaemon(true);
        return thread;
    });
    private final HikariDataSource database;
    private final FreeSwitchTables tables;
    private final FreeSwitchRecovery recovery;

    private CallRecovery(ProxyConfig proxy, TakeoverConfig config) {
        this.config = config;
        database = new HikariDataSource(pool(config.database()));
        tables = FreeSwitchTables.of(database, statements);
        recovery = FreeSwitchRecovery.of(
                config.profile(),
                tables,
                proxy.eventSockets()::of,
                config.policy().recoveryTimeout());
    }

    /** Nothing is connected yet; empty if calls end with their node. */
    static Optional<CallRecovery> open(ProxyConfig proxy) {
        return proxy.takeover().map(config -> new CallRecovery(proxy, config));
    }

    private static HikariConfig pool(StoreConfig.Postgres config) {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "ha-proxy");
        properties.setProperty("targetServerType", "primary");
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "3");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("logServerErrorDetail", "false");
        config.login().ifPresent(login -> {
            login.user().ifPresent(user -> properties.setProperty("user", user));
            properties.setProperty("password", login.password());
        });
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("ha-proxy-recovery");
        pool.setJdbcUrl(config.url());
        pool.setDataSourceProperties(properties);
        pool.setMaximumPoolSize(CONNECTIONS);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(CONNECT_MILLIS);
        pool.setValidationTimeout(CONNECT_MILLIS / 2);
        pool.setInitializationFailTimeout(-1);
        pool.setConnectionInitSql("SET statement_timeout = " + STATEMENT_MILLIS);
        return pool;
    }

    void useIn(RouterBuilder builder) {
        builder.takeover(config.policy(), recovery);
    }

    /**
     * What a take-over would fail by if a node died now.
     *
     * @param nodes all that are configured
     * @return one sentence for each; never fails
     */
    CompletionStage<List<String>> missing(List<Node> nodes) {
        List<Node> concerned = config.concerned(nodes);
        CompletionStage<List<String>> rows = tables.recoveryRowsPerNode(config.profile())
                .handle((found, failure) -> failure == null
                        ? left(found, concerned)
                        : List.of("takeover.database: its table recovery can't be read: " + failure.getMessage()));
        return recovery.unready(concerned).thenCombine(rows, (unready, left) -> {
            List<String> all = new ArrayList<>();
            unready.forEach(each -> all.add("takeover: " + each));
            all.addAll(left);
            return List.copyOf(all);
        });
    }

    private List<String> left(Map<String, Long> rows, List<Node> nodes) {
        return rows.entrySet().stream()
                .filter(each -> nodes.stream().map(FreeSwitchRecovery::nameOf).noneMatch(each.getKey()::equals))
                .map(each -> "takeover.database: " + each.getValue() + " rows of \"" + each.getKey() + "\" in profile "
                        + config.profile() + ", which is the switchname of no node; their calls can't be recovered,"
                        + " and sofia recover flush at a node without calls removes them")
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        recovery.close();
        statements.shutdownNow();
        database.close();
    }
}
