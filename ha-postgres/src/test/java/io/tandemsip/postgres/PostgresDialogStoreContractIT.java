package io.tandemsip.postgres;

import io.tandemsip.dialog.DialogStore;
import io.tandemsip.dialog.DialogStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract of dialog stores, on a real server. */
class PostgresDialogStoreContractIT extends DialogStoreContract {
    private final String schema = TestServer.newSchema();
    private final PostgresStores stores = TestServer.stores(schema).connect();

    @AfterEach
    void end() {
        stores.close();
        TestServer.drop(schema);
    }

    @Override
    protected DialogStore store() {
        return stores.dialogs();
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
