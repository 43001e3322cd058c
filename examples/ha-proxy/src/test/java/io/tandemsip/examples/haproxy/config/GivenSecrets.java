package io.tandemsip.examples.haproxy.config;

import java.util.Map;
import java.util.Optional;

/**
 * Secrets that a test gives. Immutable.
 *
 * @param variables by name
 * @param files by path
 */
public record GivenSecrets(Map<String, String> variables, Map<String, String> files) implements Secrets {
    /** There are none. */
    public static final GivenSecrets NONE = new GivenSecrets(Map.of(), Map.of());

    @Override
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    @Override
    public Optional<String> file(String path) {
        return Optional.ofNullable(files.get(path));
    }
}
