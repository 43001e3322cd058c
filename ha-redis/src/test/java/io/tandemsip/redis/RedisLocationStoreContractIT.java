package io.tandemsip.redis;

import io.tandemsip.location.LocationStore;
import io.tandemsip.location.LocationStoreContract;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    private @Nullable RedisStores elsewhere;

    RedisLocationStoreContractIT(TestRedis redis) {
        this.redis = redis;
        stores = redis.stores(prefix).connect();
    }

    @AfterEach
    void end() {
        if (elsewhere != null) {
            elsewhere.close();
        }
        stores.close();
        redis.drop(prefix);
    }

    @Override
    protected LocationStore store() {
        return stores.locations();
    }

    @Override
    protected Optional<LocationStore> storeElsewhere() {
        elsewhere = redis.stores(prefix).connect();
        return Optional.of(elsewhere.locations());
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
