package io.tandemsip.redis;

import io.tandemsip.backend.DaemonThreads;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.location.LocationStore;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dialogs, registrations and shared state in one Redis, for as many routers as connect to it.
 *
 * <pre>{@code
 * RedisStores stores = RedisStores.connect("redis-sentinel://s1,s2,s3/0#mymaster");
 * Tandem.builder().dialogs(stores.dialogs()).shared(stores.sharedState())…
 * }</pre>
 *
 * <p>The stores share one connection (one for each primary of a Cluster), and a second for news of shared state once it is
 * watched. No thread waits for an answer. Close this after the routers that use it. Thread-safe.
 */
public final class RedisStores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisStores.class);
    private static final int DRIVER_MAY_HIDE_THE_REASON = 5;

    /** The driver may say that it is connected a moment before it takes commands; longer where processor time is short. */
    private static final int DRIVER_MAY_NOT_BE_READY = 50;

    private static final long READY_PAUSE_MILLIS = 20;

    private final Link link;
    private final DriverSettings driver;
    private final long timeoutMillis;
    private final Counters counters;
    private final ScheduledExecutorService timer;
    private final ExecutorService listeners = Executors.newSingleThreadExecutor(new DaemonThreads("tandem-redis-news"));
    private final RedisDialogStore ownDialogs;
    private final DialogStore dialogs;
    private final RedisSharedState sharedState;
    private final RedisLocationStore locations;

    private RedisStores(RedisStoresBuilder settings, boolean ownedByState) {
        ServerUri uri = settings.uri();
        counters = new Counters();
        timeoutMillis = settings.timeoutMillis();
        timer = Executors.newSingleThreadScheduledExecutor(new DaemonThreads("tandem-redis-feed"));
        Channels channels = new Channels(settings.silenceNanos(), System::nanoTime, counters);
        driver = settings.driver(channels);
        link = new Link(Driver.to(uri, driver), channels, timer, new SplittableRandom());
        Limits limits = new Limits(settings.queueSize(), TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
        Traffic traffic = new Traffic(limits, System::nanoTime, counters);
        Keyspace keys = Keyspace.of(settings.prefix(), uri);
        ownDialogs = new RedisDialogStore(link, keys, traffic);
        dialogs = settings.kamailio()
                .<DialogStore>map(kamailio -> new KamailioDialogs(ownDialogs, link, kamailio, traffic))
                .orElse(ownDialogs);
        locations = new RedisLocationStore(link, keys, traffic);
        StateFeed feed = new StateFeed(link, keys, counters, timer, listeners);
        sharedState = new RedisSharedState(link, keys, traffic, feed, ownedByState ? this::close : () -> {});
    }

    /**
     * Connects with defaults for everything but the URL. Blocks until that is done.
     *
     * @param url {@code redis://[user:password@]host[:port][/database]},
     *     {@code redis-sentinel://[user:password@]host[:port][,host…][/database]#primary} or
     *     {@code redis-cluster://[user:password@]host[:port][,host…]}; with TLS {@code rediss} instead of {@code redis}
     * @return the stores
     * @throws ConfigurationException if the URL, the user or the password is wrong, or the user may not do what is needed
     * @throws StoreUnavailableException if no server can be reached
     */
    public static RedisStores connect(String url) {
        return builder(url).connect();
    }

    /**
     * Begins with a URL.
     *
     * @param url as in {@link #connect(String)}
     * @return settings to change
     */
    public static RedisStoresBuilder builder(String url) {
        return new RedisStoresBuilder(url);
    }

    static RedisStores open(RedisStoresBuilder settings, boolean ownedByState) {
        RedisStores stores = new RedisStores(settings, ownedByState);
        try {
            stores.firstUse(settings);
            return stores;
        } catch (RuntimeException failure) {
            stores.close();
            throw failure;
        }
    }

    private void firstUse(RedisStoresBuilder settings) {
        try {
            connect(settings.connectMillis(), DRIVER_MAY_HIDE_THE_REASON);
            look(settings, DRIVER_MAY_NOT_BE_READY);
        } catch (ConfigurationException wrong) {
            throw wrong;
        } catch (HaException failure) {
            if (Failures.isByConfiguration(failure)) {
                throw new ConfigurationException(List.of("Redis: " + Failures.words(failure)));
            }
            if (!settings.startsWhenAway()) {
                throw failure;
            }
            LOG.warn("starting without Redis: {}", failure.getMessage());
            link.connectUnlessConnected();
        }
    }

    /** Of a server that refuses us the driver sometimes tells no more than that the connection was closed. */
    private void connect(long millis, int tries) {
        try {
            await(link.connect().toCompletableFuture(), millis);
        } catch (StoreUnavailableException failure) {
            if (tries <= 1 || !Failures.words(failure).contains("closed prematurely")) {
                throw failure;
            }
            connect(millis, tries - 1);
        }
    }

    private void look(RedisStoresBuilder settings, int tries) {
        try {
            await(firstLook(settings.uri().kind()), settings.connectMillis());
        } catch (StoreUnavailableException failure) {
            if (tries <= 1 || !Failures.isNotConnected(failure)) {
                throw failure;
            }
            await(
                    new CompletableFuture<>().completeOnTimeout(true, READY_PAUSE_MILLIS, TimeUnit.MILLISECONDS),
                    settings.connectMillis());
            look(settings, tries - 1);
        }
    }

    /** Whether a Cluster is taken for one, and scripts may be run. */
    private CompletableFuture<List<SharedEntry>> firstLook(ServerUri.Kind kind) {
        return link.ask(commands -> commands.info("cluster"))
                .thenCompose(info -> {
                    if (info.contains("cluster_enabled:1") && kind != ServerUri.Kind.CLUSTER) {
                        throw new ConfigurationException(
                                List.of("url: the server is part of a Cluster; expected redis-cluster://"));
                    }
                    return sharedState.list("");
                })
                .toCompletableFuture();
    }

    private static <T> T await(CompletableFuture<T> stage, long millis) {
        try {
            return stage.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw Failures.of(failure);
        } catch (TimeoutException late) {
            throw new StoreUnavailableException("Redis can't be reached within " + millis + " ms", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while Redis was connected to", interrupted);
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
     * By what routers tell each other things. Changes are told within milliseconds, and within a quarter of a second if a
     * publication is lost.
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
     * What was done so far.
     *
     * @return the counts of this moment
     */
    public RedisStatistics statistics() {
        return counters.statistics();
    }

    /**
     * Takes no more, waits for what is under way for at most twice the time-out, and gives everything back; idempotent. What
     * could not be sent fails as unavailable.
     */
    @Override
    public void close() {
        CompletableFuture<?> drained = CompletableFuture.allOf(
                ownDialogs.drain().toCompletableFuture(),
                locations.drain().toCompletableFuture(),
                sharedState.drain().toCompletableFuture());
        try {
            drained.get(2 * timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException left) {
            LOG.debug("closed with requests left");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        ownDialogs.abandon();
        timer.shutdown();
        listeners.shutdown();
        link.close().whenComplete((closed, failure) -> driver.close());
    }
}
