package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the affinity keys: the first signs, all are accepted. Never shows one. Confined to one thread. */
final class KeysReader {
    private static final int LEAST_BYTES = 16;
    private static final int MOST_ID = 15;

    private final Secrets secrets;
    private final Set<Integer> ids = new HashSet<>();
    private Optional<AffinityKeys> ring = Optional.empty();

    private KeysReader(Secrets secrets) {
        this.secrets = secrets;
    }

    static Optional<AffinityKeys> read(YamlSection affinity, Secrets secrets) {
        List<YamlSection> keys =
                affinity.knowing("keys").sections("keys", "a list of keys; leave affinity out for a random one");
        KeysReader reader = new KeysReader(secrets);
        keys.forEach(reader::add);
        return reader.ring;
    }

    private void add(YamlSection key) {
        key.knowing("id", "env", "file");
        Optional<Integer> id = key.required("id", "a number from 0 to 15")
                .flatMap(at -> at.integer(0, MOST_ID)
                        .flatMap(number -> ids.add(number) ? Optional.of(number) : at.wrong("each id once")));
        Optional<byte[]> secret = secret(key, secrets);
        if (id.isPresent() && secret.isPresent()) {
            ring = Optional.of(ring.map(all -> all.accepting(id.get(), secret.get()))
                    .orElseGet(() -> AffinityKeys.of(id.get(), secret.get())));
        }
    }

    /** What stands at one of two places, in hexadecimal digits. */
    static Optional<byte[]> secret(YamlSection key, Secrets secrets) {
        if (key.has("env") == key.has("file")) {
            key.missing("env", "either env or file, the one place where the key is");
            return Optional.empty();
        }
        if (key.has("env")) {
            return key.scalar("env")
                    .flatMap(at -> secrets.variable(at.text())
                            .map(text -> bytes(at, text))
                            .orElseGet(() -> at.wrong("the name of an environment variable that is set")));
        }
        return key.scalar("file")
                .flatMap(at -> secrets.file(at.text())
                        .map(text -> bytes(at, text))
                        .orElseGet(() -> at.wrong("a file that can be read")));
    }

    /** The mistake names the place, not what was found there. */
    private static Optional<byte[]> bytes(YamlScalar at, String hex) {
        try {
            byte[] bytes = HexFormat.of().parseHex(hex.strip());
            if (bytes.length >= LEAST_BYTES) {
                return Optional.of(bytes);
            }
        } catch (IllegalArgumentException notHex) {
            return at.wrong("hexadecimal digits there, 32 or more (openssl rand -hex 32)");
        }
        return at.wrong("16 bytes there or more, in hexadecimal digits (openssl rand -hex 32)");
    }
}
