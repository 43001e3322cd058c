package io.tandemsip.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;

/** Where server binaries come from. */
final class Binaries {
    private static final Path MAVEN = extracted();

    private Binaries() {}

    /** The one of the Maven package: Redis 6.2. */
    static Path maven() {
        return MAVEN;
    }

    /** The one that the system has: with Debian 12, Redis 7.0. */
    static Optional<Path> system() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path extracted() {
        try {
            return ExecutableProvider.newJarResourceProvider().get().toPath();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
