package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;

/** Prepares in bounded time without any foreign code, so that the control loop may call it. */
sealed interface BuiltIn extends SelectionStrategy
        permits RoundRobin,
                SmoothWeightedRoundRobin,
                WeightedRandom,
                Serial,
                PowerOfTwoChoices,
                LeastCalls,
                MostFree,
                PeakEwma,
                WeightedRendezvous,
                Maglev,
                BoundedLoad {}
