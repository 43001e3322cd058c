package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.SelectionStrategyContract;

class PreferZoneContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return Strategies.preferZone(Strategies.smoothWeightedRoundRobin());
    }
}
