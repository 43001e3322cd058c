package io.tandemsip.redis;

import io.tandemsip.location.LocationStore;
import io.tandemsip.location.LocationStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of location stores, on real servers of each kind. */
@ParameterizedClass
@EnumSource
class RedisLocationStoreContractIT extends LocationStoreContract {
    private final TestRedis redis;
    private final String prefix = TestRedis.newPrefix();
    private final RedisStores stores;

    RedisLocationStoreContractIT(TestRedis redis) {
        this.redis = redis;
        stores = redis.stores(prefix).connect();
    }

    @AfterEach
    void end() {
        stores.close();
        redis.drop(prefix);
    }

    @Override
    protected LocationStore store() {
        return stores.locations();
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
