package io.tandemsip.examples.haproxy.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where keys come from, since no configuration file should hold one. */
public interface Secrets {
    /** The value of an environment variable; empty if it is not set. */
    Optional<String> variable(String name);

    /** The text of a file; empty if it can't be read. */
    Optional<String> file(String path);

    /** Where a file is that a configuration names; empty if it can't be read. */
    default Optional<Path> readable(String path) {
        return readable(Path.of(""), path);
    }

    private static Optional<Path> readable(Path base, String path) {
        try {
            return Optional.of(base.resolve(path)).filter(Files::isReadable).filter(Files::isRegularFile);
        } catch (InvalidPathException noPath) {
            return Optional.empty();
        }
    }

    /** This process's environment, and files relative to where the configuration stands. */
    static Secrets ofProcess(Path base) {
        Map<String, String> environment = System.getenv();
        return new Secrets() {
            @Override
            public Optional<String> variable(String name) {
                return Optional.ofNullable(environment.get(name));
            }

            @Override
            public Optional<String> file(String path) {
                try {
                    return Optional.of(Files.readString(base.resolve(path), StandardCharsets.US_ASCII));
                } catch (IOException | InvalidPathException unreadable) {
                    return Optional.empty();
                }
            }

            @Override
            public Optional<Path> readable(String path) {
                return Secrets.readable(base, path);
            }
        };
    }
}
