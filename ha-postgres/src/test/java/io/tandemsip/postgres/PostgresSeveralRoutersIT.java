package io.tandemsip.postgres;

import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.cluster.SeveralRoutersContract;
import io.tandemsip.dialog.DialogStore;
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

    private record Connections(PostgresStores all) implements Stores {
        @Override
        public DialogStore dialogs() {
            return all.dialogs();
        }

        @Override
        public SharedState sharedState() {
            return all.sharedState();
        }

        @Override
        public void close() {
            all.close();
        }
    }

    @Override
    protected Stores connect() {
        return new Connections(PostgresStores.builder(server.url())
                .timeout(Duration.ofSeconds(2))
                .connect());
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
