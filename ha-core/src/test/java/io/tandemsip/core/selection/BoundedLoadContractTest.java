package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.SelectionStrategyContract;

class BoundedLoadContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return Strategies.boundedLoad(0.25);
    }
}
