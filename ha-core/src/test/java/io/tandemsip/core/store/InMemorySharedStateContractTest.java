package io.tandemsip.core.store;

import io.tandemsip.cluster.SharedState;
import io.tandemsip.cluster.SharedStateContract;
import io.tandemsip.core.loop.ManualLoop;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;

class InMemorySharedStateContractTest extends SharedStateContract {
    private final ManualLoop clock = new ManualLoop();
    private final SharedState state = InMemorySharedState.create(clock::nanoTime, ForkJoinPool.commonPool());

    @Override
    protected SharedState state() {
        return state;
    }

    @Override
    protected void passTime(Duration time) {
        clock.advance(time.toNanos());
    }
}
