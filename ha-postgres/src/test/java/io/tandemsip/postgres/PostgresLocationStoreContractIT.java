package io.tandemsip.postgres;

import io.tandemsip.location.LocationStore;
import io.tandemsip.location.LocationStoreContract;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The contract of location stores, on a real server. */
class PostgresLocationStoreContractIT extends LocationStoreContract {
    private final String schema = TestServer.newSchema();
    private @Nullable PostgresStores elsewhere;
    private final PostgresStores stores = TestServer.stores(schema).connect();

    @AfterEach
    void end() {
        if (elsewhere != null) {
            elsewhere.close();
        }
        stores.close();
        TestServer.drop(schema);
    }

    @Override
    protected LocationStore store() {
        return stores.locations();
    }

    @Override
    protected Optional<LocationStore> storeElsewhere() {
        elsewhere = TestServer.stores(schema).connect();
        return Optional.of(elsewhere.locations());
    }

    @Override
    protected void passTime(Duration time) {
        TestServer.ask("SELECT pg_sleep(" + time.toMillis() / 1000.0 + ")");
    }

    @Override
    protected Duration shortLife() {
        return Duration.ofSeconds(1);
    }
}
