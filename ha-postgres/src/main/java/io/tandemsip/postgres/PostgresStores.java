package io.tandemsip.postgres;

import io.tandemsip.backend.DaemonThreads;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.location.LocationStore;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dialogs, registrations and shared state in one PostgreSQL database, for as many routers as connect to it.
 *
 * <pre>{@code
 * PostgresStores stores = PostgresStores.connect("jdbc:postgresql://db1,db2/sip?user=tandem&password=…");
 * Tandem.builder().dialogs(stores.dialogs()).shared(stores.sharedState())…
 * }</pre>
 *
 * <p>The stores share a pool of connections and as many threads, and keep one more connection for news. Close this after the
 * routers that use it. Thread-safe.
 */
public final class PostgresStores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresStores.class);

    private final Connections connections;
    private final ExecutorService executor;
    private final long timeoutMillis;
    private final Counters counters = new Counters();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DaemonThreads("tandem-postgres-timer"));
    private final ExecutorService listeners =
            Executors.newSingleThreadExecutor(new DaemonThreads("tandem-postgres-news"));
    private final PostgresDialogStore dialogs;
    private final PostgresSharedState sharedState;
    private final PostgresLocationStore locations;
    private final Notifier notifier;
    private final Upkeep upkeep;
    private final Lane<Single<?>> sources;
    private final Sql sql;

    private PostgresStores(PostgresStoresBuilder settings, Connections connections, Database database) {
        this.connections = connections;
        timeoutMillis = settings.timeoutMillis();
        executor = Executors.newFixedThreadPool(settings.poolSize(), new DaemonThreads("tandem-postgres"));
        Limits limits = new Limits(settings.queueSize(), TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
        Traffic traffic = new Traffic(limits, executor, System::nanoTime, counters);
        dialogs = new PostgresDialogStore(database, traffic);
        locations = new PostgresLocationStore(database, traffic);
        notifier = new Notifier(database, traffic, timer);
        ChangeFeed feed = new ChangeFeed(database, traffic, new SplittableRandom(), listeners);
        sharedState = new PostgresSharedState(database, traffic, notifier, feed);
        upkeep = new Upkeep(database, traffic);
        upkeep.begin(timer);
        sources = traffic.lane("the table of nodes", 1, Single.on(database));
        sql = database.sql();
    }

    /**
     * Connects with defaults for everything but the URL.
     *
     * @param url {@code jdbc:postgresql://host[:port][,host…]/database?user=…&password=…}; of several hosts the primary is
     *     used, also after another one became it
     * @return the stores
     * @throws ConfigurationException if the URL, the user, the password or the tables are wrong
     * @throws StoreUnavailableException if no server can be reached
     */
    public static PostgresStores connect(String url) {
        return builder(url).connect();
    }

    /**
     * Begins with a URL.
     *
     * @param url as in {@link #connect(String)}
     * @return settings to change
     */
    public static PostgresStoresBuilder builder(String url) {
        return new PostgresStoresBuilder(url, null);
    }

    /**
     * Begins with a source of connections that the caller keeps and closes. One connection is kept for news; the others are
     * given back after each batch.
     *
     * @param dataSource gives connections of PostgreSQL's own driver to the primary
     * @return settings to change
     */
    public static PostgresStoresBuilder builder(DataSource dataSource) {
        return new PostgresStoresBuilder("", dataSource);
    }

    static PostgresStores open(PostgresStoresBuilder settings) {
        Connections connections = settings.connections();
        Schema schema = new Schema(Sql.in(settings.schema()), settings.appliesSchema());
        Database database = new Database(connections, settings.timeoutMillis(), schema);
        try {
            firstUse(database, settings.startsWhenAway());
            return new PostgresStores(settings, connections, database);
        } catch (RuntimeException failure) {
            connections.close();
            throw failure;
        }
    }

    private static void firstUse(Database database, boolean mayBeAway) {
        try {
            database.check();
        } catch (ConfigurationException wrong) {
            throw wrong;
        } catch (HaException failure) {
            if (failure.getCause() instanceof SQLException sql && Failures.isByConfiguration(sql)) {
                throw new ConfigurationException(List.of("PostgreSQL: " + Failures.words(sql)));
            }
            if (!mayBeAway) {
                throw failure;
            }
            LOG.warn("starting without the database: {}", failure.getMessage());
        }
    }

    /**
     * Where routers remember which node owns which dialog.
     *
     * @return always the same
     */
    public DialogStore dialogs() {
        return dialogs;
    }

    /**
     * By what routers tell each other things. Changes are told within milliseconds, and within half a second if PostgreSQL's
     * notification is lost.
     *
     * @return always the same
     */
    public SharedState sharedState() {
        return sharedState;
    }

    /**
     * Where users are registered.
     *
     * @return always the same
     */
    public LocationStore locations() {
        return locations;
    }

    /**
     * Nodes from the table {@code node} of the schema, looked at every 2 s.
     *
     * @return a new source, which ends with this at the latest
     */
    public NodeSource nodes() {
        return new TableNodes(sources, timer, NodeTables.own(sql));
    }

    /**
     * Nodes from a table of Kamailio's dispatcher module, looked at every 2 s and only read.
     *
     * @param table its name, or {@code schema.name}
     * @param format reads the lines of Kamailio's {@code dispatcher.list}, given what messages call them; with
     *     {@code ha-core}: {@code DispatcherList.format()::read}
     * @return a new source, which ends with this at the latest
     * @throws IllegalArgumentException if the table has another form of name
     */
    public NodeSource dispatcherNodes(String table, BiFunction<String, String, List<Node>> format) {
        return new TableNodes(sources, timer, NodeTables.dispatcher(table, format));
    }

    /**
     * What was done so far.
     *
     * @return the counts of this moment
     */
    public PostgresStatistics statistics() {
        return counters.statistics();
    }

    /**
     * Takes no more, sends what waits for at most the time-out, and gives everything back; idempotent. What could not be sent
     * fails as unavailable.
     */
    @Override
    public void close() {
        timer.shutdownNow();
        dialogs.close();
        locations.close();
        sharedState.close();
        notifier.close();
        upkeep.close();
        sources.close();
        executor.shutdown();
        try {
            if (!executor.awaitTermination(timeoutMillis, TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
        dialogs.abandon();
        locations.abandon();
        sharedState.abandon();
        listeners.shutdown();
        connections.close();
    }
}
