package io.tandemsip.examples.benchmarks.proxy;

import java.util.Arrays;
import java.util.Locale;

/** What stands side by side. */
enum ProxyKind {
    /** No transactions. */
    STATELESS,
    /** The same, with Tandem's {@code route} and {@code next}. */
    STATELESS_DOOR2,
    /** The stack's transactions. */
    STATEFUL,
    /** The same, with {@code route} and {@code next}. */
    STATEFUL_DOOR2,
    /** The same, with Tandem as the router of the stack. */
    STATEFUL_DOOR3,
    /** The same, with Tandem around the listener. */
    STATEFUL_DOOR4,
    /** {@code HaProxy} as it is. */
    HA_PROXY,
    /** {@code HaProxy} that refuses what it has no time for. */
    HA_PROXY_SHEDS,
    /** {@code HaProxy} with the stack's transactions. */
    HA_PROXY_STACK,
    /** Kamailio with dispatcher and pins in Redis. */
    KAMAILIO;

    boolean transactions() {
        return this != STATELESS && this != STATELESS_DOOR2;
    }

    /** Whether it is all of Tandem. */
    boolean isTandems() {
        return this == HA_PROXY || this == HA_PROXY_SHEDS || this == HA_PROXY_STACK;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static ProxyKind of(String text) {
        return Arrays.stream(values())
                .filter(kind -> kind.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("kind: " + text + "; expected one of "
                        + Arrays.stream(values()).map(ProxyKind::text).toList()));
    }
}
