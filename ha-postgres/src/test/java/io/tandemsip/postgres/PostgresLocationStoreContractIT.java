package io.tandemsip.postgres;

import io.tandemsip.location.LocationStore;
import io.tandemsip.location.LocationStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract of location stores, on a real server. */
class PostgresLocationStoreContractIT extends LocationStoreContract {
    private final String schema = TestServer.newSchema();
    private final PostgresStores stores = TestServer.stores(schema).connect();

    @AfterEach
    void end() {
        stores.close();
        TestServer.drop(schema);
    }

    @Override
    protected LocationStore store() {
        return stores.locations();
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
