package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.SelectionStrategyContract;
import java.util.Optional;

class FirstOfContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return Strategies.firstOf(SelectionStrategy.of((call, nodes) -> Optional.empty()), Strategies.leastCalls());
    }
}
