package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.SelectionStrategyContract;

class LastResortContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return Strategies.lastResort(node -> node.id().value().endsWith("1"), Strategies.random());
    }
}
