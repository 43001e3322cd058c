package io.tandemsip.examples.haproxy;

import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.HaException;
import io.tandemsip.examples.haproxy.config.StoreConfig;
import io.tandemsip.location.LocationStore;
import io.tandemsip.node.Node;
import io.tandemsip.postgres.PostgresStores;
import io.tandemsip.postgres.PostgresStoresBuilder;
import io.tandemsip.redis.KamailioKeys;
import io.tandemsip.redis.RedisStores;
import io.tandemsip.redis.RedisStoresBuilder;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What several proxies share. A store that is away when the proxy starts is waited for, as one that goes later. Close it
 * after the router. Thread-safe.
 */
final class SharedStores implements AutoCloseable {
    private final DialogStore dialogs;
    private final SharedState state;
    private final LocationStore locations;
    private final Runnable end;

    private SharedStores(DialogStore dialogs, SharedState state, LocationStore locations, Runnable end) {
        this.dialogs = dialogs;
        this.locations = locations;
        this.state = state;
        this.end = end;
    }

    /**
     * Connects, if the configuration says so.
     *
     * @param config where; empty for a proxy on its own
     * @param nodes as they are configured at the moment it is asked
     * @throws StartFailure if a server is there and refuses us, or the configuration is wrong
     */
    static Optional<SharedStores> open(Optional<StoreConfig> config, Supplier<Collection<Node>> nodes)
            throws StartFailure {
        try {
            return config.map(each -> each instanceof StoreConfig.Redis redis
                    ? redis(redis, nodes)
                    : postgres((StoreConfig.Postgres) each));
        } catch (HaException refused) {
            throw new StartFailure("store: " + refused.getMessage(), refused);
        }
    }

    private static SharedStores redis(StoreConfig.Redis config, Supplier<Collection<Node>> nodes) {
        RedisStoresBuilder builder = RedisStores.builder(config.url()).startWhenAway(true);
        config.prefix().ifPresent(builder::prefix);
        config.login().ifPresent(login -> {
            login.user().ifPresent(builder::user);
            builder.password(login.password());
        });
        if (config.kamailioKeys()) {
            builder.kamailio(KamailioKeys.of(nodes));
        }
        RedisStores stores = builder.connect();
        return new SharedStores(stores.dialogs(), stores.sharedState(), stores.locations(), stores::close);
    }

    private static SharedStores postgres(StoreConfig.Postgres config) {
        PostgresStoresBuilder builder = PostgresStores.builder(config.url()).startWhenAway(true);
        config.schema().ifPresent(builder::schema);
        config.login().ifPresent(login -> {
            login.user().ifPresent(builder::user);
            builder.password(login.password());
        });
        PostgresStores stores = builder.connect();
        return new SharedStores(stores.dialogs(), stores.sharedState(), stores.locations(), stores::close);
    }

    void useIn(RouterBuilder builder) {
        builder.dialogs(dialogs).shared(state);
    }

    /** Where users are. */
    LocationStore locations() {
        return locations;
    }

    @Override
    public void close() {
        end.run();
    }
}
