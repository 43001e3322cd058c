package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.SelectionStrategyContract;

class PowerOfTwoChoicesContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return Strategies.powerOfTwoChoices();
    }
}
