package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlSection;
import java.util.Optional;

/** Reads where a password is, and fetches it. Never shows it. Confined to one thread. */
final class SecretReader {
    private SecretReader() {}

    /** The password without white space around it; empty, and noted, if it can't be had. */
    static Optional<String> read(YamlSection password, Secrets secrets) {
        password.knowing("env", "file");
        if (password.has("env") == password.has("file")) {
            password.missing("env", "either env or file, the one place where the password is");
            return Optional.empty();
        }
        Optional<String> found = password.has("env")
                ? password.scalar("env")
                        .flatMap(at -> secrets.variable(at.text())
                                .or(() -> at.wrong("the name of an environment variable that is set")))
                : password.scalar("file")
                        .flatMap(at -> secrets.file(at.text()).or(() -> at.wrong("a file that can be read")));
        return found.map(String::strip);
    }
}
