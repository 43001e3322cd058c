package io.tandemsip.jainsip;

import java.util.List;

/** What an event made of a fork. Immutable. */
record ForkStep(ForkStatus status, List<ForkEffect> effects) {
    ForkStep {
        effects = List.copyOf(effects);
    }
}
