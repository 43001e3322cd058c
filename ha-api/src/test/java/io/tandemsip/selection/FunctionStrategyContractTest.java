package io.tandemsip.selection;

import java.util.Optional;

class FunctionStrategyContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return SelectionStrategy.of((call, nodes) -> Optional.of(nodes.get(nodes.size() - 1)));
    }
}
