package io.tandemsip.redis;

import io.tandemsip.cluster.SharedState;
import io.tandemsip.cluster.SharedStateContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of shared state, on real servers of each kind. */
@ParameterizedClass
@EnumSource
class RedisSharedStateContractIT extends SharedStateContract {
    private final TestRedis redis;
    private final String prefix = TestRedis.newPrefix();
    private final RedisStores stores;

    RedisSharedStateContractIT(TestRedis redis) {
        this.redis = redis;
        stores = redis.stores(prefix).connect();
    }

    @AfterEach
    void end() {
        stores.close();
        redis.drop(prefix);
    }

    @Override
    protected SharedState state() {
        return stores.sharedState();
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
