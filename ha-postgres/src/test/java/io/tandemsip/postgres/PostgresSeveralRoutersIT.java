package io.tandemsip.postgres;

import io.tandemsip.core.cluster.SeveralRoutersContract;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Several routers over one real PostgreSQL. */
class PostgresSeveralRoutersIT extends SeveralRoutersContract {
    private final OutageServer server = new OutageServer();

    @Override
    protected void endServer() {
        server.close();
    }

    @Override
    protected Stores connect() {
        PostgresStores all = PostgresStores.builder(server.url())
                .timeout(Duration.ofSeconds(2))
                .connect();
        return new Stores(all.dialogs(), all.sharedState(), all::close);
    }

    @Override
    protected Duration obeyedWithin() {
        return Duration.ofSeconds(1);
    }

    /** The latest of three looks comes after 375 ms on average. */
    @Override
    protected Duration obeyedByNewsWithin() {
        return Duration.ofMillis(250);
    }

    @Override
    protected Map<String, Outage> outages() {
        Map<String, Outage> all = new LinkedHashMap<>();
        all.put("paused", new Outage(server::pause, server::resume));
        all.put("stopped", new Outage(server::stop, server::start));
        return all;
    }
}
