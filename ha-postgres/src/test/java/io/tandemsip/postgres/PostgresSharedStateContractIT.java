package io.tandemsip.postgres;

import io.tandemsip.cluster.SharedState;
import io.tandemsip.cluster.SharedStateContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract of shared state, on a real server. */
class PostgresSharedStateContractIT extends SharedStateContract {
    private final String schema = TestServer.newSchema();
    private final PostgresStores stores = TestServer.stores(schema).connect();

    @AfterEach
    void end() {
        stores.close();
        TestServer.drop(schema);
    }

    @Override
    protected SharedState state() {
        return stores.sharedState();
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
