package io.tandemsip.selection;

class ScoreStrategyContractTest extends SelectionStrategyContract {
    @Override
    protected SelectionStrategy strategy() {
        return SelectionStrategy.byScore((call, node) -> node.calls() % 3 == 0 ? Double.NaN : node.freeShare());
    }
}
