package io.tandemsip.postgres;

import io.tandemsip.error.ConfigurationException;
import io.tandemsip.error.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Settings of {@link PostgresStores}; everything has a default. Confined to one thread. */
public final class PostgresStoresBuilder {
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);
    private static final int LARGEST_POOL = 100;

    private final String url;
    private final @Nullable DataSource dataSource;
    private @Nullable String user;
    private @Nullable String password;
    private String schema = "tandem";
    private boolean applySchema = true;
    private boolean startWhenAway;
    private int poolSize = 4;
    private int queueSize = 10_000;
    private Duration timeout = Duration.ofSeconds(2);

    PostgresStoresBuilder(String url, @Nullable DataSource dataSource) {
        this.url = Objects.requireNonNull(url, "url");
        this.dataSource = dataSource;
    }

    /**
     * As whom to connect. Default: what the URL says.
     *
     * @param name the role
     * @return this
     */
    public PostgresStoresBuilder user(String name) {
        user = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * The role's password. Default: what the URL says, or the file {@code .pgpass}.
     *
     * @param secret never logged
     * @return this
     */
    public PostgresStoresBuilder password(String secret) {
        password = Objects.requireNonNull(secret, "secret");
        return this;
    }

    /**
     * In which schema the tables are; one database serves several services by one schema each. Default: {@code tandem}.
     *
     * @param name 1 to 40 lower-case letters, digits and underscores, not beginning with a digit
     * @return this
     */
    public PostgresStoresBuilder schema(String name) {
        schema = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * Whether the library makes and upgrades the tables, under a lock, so that any number may start at once. Otherwise they
     * are only checked. Default: true.
     *
     * @param apply false where somebody else applies the scripts
     * @return this
     */
    public PostgresStoresBuilder applySchema(boolean apply) {
        applySchema = apply;
        return this;
    }

    /**
     * Whether to go on when no server can be reached: what is asked then fails as unavailable until one can be, and the
     * tables are looked at on the first connection. Default: false.
     *
     * @param start true to begin without the database
     * @return this
     */
    public PostgresStoresBuilder startWhenAway(boolean start) {
        startWhenAway = start;
        return this;
    }

    /**
     * How many connections, each with its thread; one more is kept for news of shared state. Default: 4. Not used with a
     * data source of your own, but for the threads.
     *
     * @param connections 2 to 100
     * @return this
     */
    public PostgresStoresBuilder poolSize(int connections) {
        poolSize = connections;
        return this;
    }

    /**
     * How many requests may wait in each of the queues (writes of dialogs have two); beyond, they fail at once. Default:
     * 10,000.
     *
     * @param requests 1 or more
     * @return this
     */
    public PostgresStoresBuilder queueSize(int requests) {
        queueSize = requests;
        return this;
    }

    /**
     * How long a request may wait to be sent, how long a connection may take, and how long the server may be silent then. A
     * request is answered within about three times of it, whatever happens. Default: 2 s.
     *
     * @param limit 100 ms to 1 minute
     * @return this
     */
    public PostgresStoresBuilder timeout(Duration limit) {
        timeout = Objects.requireNonNull(limit, "limit");
        return this;
    }

    /**
     * Connects, and makes or checks the tables. Blocks until that is done.
     *
     * @return the stores
     * @throws ConfigurationException with all mistakes; also if the server refuses user, password or database, or the
     *     tables have another version
     * @throws StoreUnavailableException if no server can be reached
     */
    public PostgresStores connect() {
        List<String> mistakes = mistakes();
        if (!mistakes.isEmpty()) {
            throw new ConfigurationException(mistakes);
        }
        return PostgresStores.open(this);
    }

    private List<String> mistakes() {
        List<String> mistakes = new ArrayList<>();
        if (dataSource == null && !url.startsWith("jdbc:postgresql:")) {
            // not quoted: it may hold a password
            mistakes.add("url: of another kind; expected jdbc:postgresql://host[:port][,host…]/database");
        }
        if (dataSource != null && (user != null || password != null)) {
            mistakes.add("user, password: given beside a data source; expected in the data source");
        }
        if (password != null && url.contains("password=") || user != null && url.contains("user=")) {
            mistakes.add("user, password: given in the URL too, which would outrank them; expected in one place");
        }
        if (!Sql.isSchemaName(schema)) {
            mistakes.add("schema: \"" + schema + "\"; expected 1 to 40 of a-z, 0-9 and _, not beginning with a digit");
        }
        if (poolSize < 2 || poolSize > LARGEST_POOL) {
            mistakes.add("pool size: " + poolSize + "; expected 2 to " + LARGEST_POOL);
        }
        if (queueSize < 1) {
            mistakes.add("queue size: " + queueSize + "; expected 1 or more");
        }
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            mistakes.add("timeout: " + timeout + "; expected 100 ms to 1 minute");
        }
        return mistakes;
    }

    Connections connections() {
        return dataSource == null ? new OwnPool(this) : Connections.given(dataSource);
    }

    String url() {
        return url;
    }

    Optional<String> user() {
        return Optional.ofNullable(user);
    }

    Optional<String> password() {
        return Optional.ofNullable(password);
    }

    String schema() {
        return schema;
    }

    boolean appliesSchema() {
        return applySchema;
    }

    boolean startsWhenAway() {
        return startWhenAway;
    }

    int poolSize() {
        return poolSize;
    }

    int queueSize() {
        return queueSize;
    }

    int timeoutMillis() {
        return (int) timeout.toMillis();
    }
}
