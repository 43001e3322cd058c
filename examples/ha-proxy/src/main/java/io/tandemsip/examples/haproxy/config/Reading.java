package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.Mistake;
import java.util.List;
import java.util.function.Function;

/** What came of reading a configuration. */
public sealed interface Reading {
    /** One value out of either outcome. */
    <T> T fold(Function<? super ProxyConfig, ? extends T> good, Function<? super List<Mistake>, ? extends T> bad);

    /**
     * It can be used. Immutable.
     *
     * @param config what it says
     */
    record Good(ProxyConfig config) implements Reading {
        @Override
        public <T> T fold(
                Function<? super ProxyConfig, ? extends T> good, Function<? super List<Mistake>, ? extends T> bad) {
            return good.apply(config);
        }
    }

    /**
     * It can't. Immutable.
     *
     * @param mistakes all of them, as they stand in the file
     */
    record Bad(List<Mistake> mistakes) implements Reading {
        /** Copies the list. */
        public Bad {
            mistakes = List.copyOf(mistakes);
        }

        @Override
        public <T> T fold(
                Function<? super ProxyConfig, ? extends T> good, Function<? super List<Mistake>, ? extends T> bad) {
            return bad.apply(mistakes);
        }
    }
}
