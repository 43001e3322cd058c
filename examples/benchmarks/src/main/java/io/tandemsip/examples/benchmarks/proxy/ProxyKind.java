package io.tandemsip.examples.benchmarks.proxy;

import java.util.Arrays;
import java.util.Locale;

/** What stands side by side. The stack of a bare proxy is as it comes, unless its name says what of Tandem's is in it. */
enum ProxyKind {
    /** No transactions. */
    STATELESS(Stack.AS_IT_COMES),
    /** The same, with Tandem's {@code route} and {@code next}. */
    STATELESS_DOOR2(Stack.AS_IT_COMES),
    /** The stack's transactions. */
    STATEFUL(Stack.AS_IT_COMES),
    /** The same, with Tandem's parser in the stack, and nothing else of it. */
    STATEFUL_PARSER(Stack.PARSER),
    /** With {@code route} and {@code next}. */
    STATEFUL_DOOR2(Stack.AS_IT_COMES),
    /** The same, with Tandem's parser in the stack. */
    STATEFUL_DOOR2_PARSER(Stack.PARSER),
    /** The same, with Tandem's sockets beside. */
    STATEFUL_DOOR2_SOCKETS(Stack.PARSER_AND_SOCKETS),
    /** With Tandem as the router of the stack. */
    STATEFUL_DOOR3(Stack.AS_IT_COMES),
    /** With Tandem around the listener. */
    STATEFUL_DOOR4(Stack.AS_IT_COMES),
    /** The same, with Tandem's parser in the stack. */
    STATEFUL_DOOR4_PARSER(Stack.PARSER),
    /** {@code HaProxy} as it is. */
    HA_PROXY(Stack.PARSER_AND_SOCKETS),
    /** {@code HaProxy} that refuses what it has no time for. */
    HA_PROXY_SHEDS(Stack.PARSER_AND_SOCKETS),
    /** {@code HaProxy} with the stack's transactions. */
    HA_PROXY_STACK(Stack.PARSER_AND_SOCKETS),
    /** Kamailio with dispatcher and pins in Redis. */
    KAMAILIO(Stack.AS_IT_COMES);

    private final Stack stack;

    ProxyKind(Stack stack) {
        this.stack = stack;
    }

    /** What of Tandem's is in the stack. */
    enum Stack {
        AS_IT_COMES,
        PARSER,
        PARSER_AND_SOCKETS
    }

    Stack stack() {
        return stack;
    }

    boolean transactions() {
        return this != STATELESS && this != STATELESS_DOOR2;
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
