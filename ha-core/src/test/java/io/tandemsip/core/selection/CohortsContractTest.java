package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.SelectionStrategyContract;
import java.util.Map;

class CohortsContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return Strategies.cohorts("version", Map.of("", 30.0, "b", 20.0), Strategies.maglev());
    }
}
