package io.tandemsip.examples.haproxy.config;

import java.util.HexFormat;

/**
 * What signs the tokens by which users are reached. Immutable.
 *
 * @param hex a secret
 */
public record FlowKey(String hex) {
    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "FlowKey[]";
    }
}
