package io.tandemsip.examples.lab;

import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.SelectionStrategyContract;

class TenantShardsContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return new TenantShards();
    }
}
