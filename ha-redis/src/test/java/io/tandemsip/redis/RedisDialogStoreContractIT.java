package io.tandemsip.redis;

import io.tandemsip.dialog.DialogStore;
import io.tandemsip.dialog.DialogStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of dialog stores, on real servers of each kind. */
@ParameterizedClass
@EnumSource
class RedisDialogStoreContractIT extends DialogStoreContract {
    private final TestRedis redis;
    private final String prefix = TestRedis.newPrefix();
    private final RedisStores stores;

    RedisDialogStoreContractIT(TestRedis redis) {
        this.redis = redis;
        stores = redis.stores(prefix).connect();
    }

    @AfterEach
    void end() {
        stores.close();
        redis.drop(prefix);
    }

    @Override
    protected DialogStore store() {
        return stores.dialogs();
    }

    @Override
    protected void passTime(Duration time) {
        redis.passTime(time);
    }

    @Override
    protected Duration shortLife() {
        return Duration.ofMillis(600);
    }
}
