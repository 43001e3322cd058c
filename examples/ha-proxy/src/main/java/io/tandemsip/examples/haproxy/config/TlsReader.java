package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.Optional;

/** Reads where the proxy's key is, and opens it, so that the start can't fail by it. Confined to one thread. */
final class TlsReader {
    private final Secrets secrets;

    private TlsReader(Secrets secrets) {
        this.secrets = secrets;
    }

    static Optional<TlsConfig> read(YamlSection tls, Secrets secrets) {
        tls.knowing("keyStore", "trustStore", "mutual");
        TlsReader reader = new TlsReader(secrets);
        boolean mutual = tls.scalar("mutual").flatMap(FailoverReader::yesOrNo).orElse(false);
        Optional<TlsConfig.Store> keys = Optional.empty();
        if (tls.has("keyStore")) {
            keys = tls.section("keyStore").flatMap(each -> reader.store(each, true));
        } else {
            tls.missing("keyStore", "the file with the proxy's key, and its password");
        }
        Optional<TlsConfig.Store> trust = tls.section("trustStore").flatMap(each -> reader.store(each, false));
        if (mutual && !tls.has("trustStore")) {
            tls.missing("trustStore", "whose certificates are good, as who connects needs one");
        }
        return keys.map(store -> new TlsConfig(store, trust, mutual));
    }

    private Optional<TlsConfig.Store> store(YamlSection store, boolean withKey) {
        store.knowing("file", "password");
        Optional<YamlScalar> place = store.required("file", "a PKCS#12 or Java key store");
        Optional<Path> file =
                place.flatMap(at -> secrets.readable(at.text()).or(() -> at.wrong("a file that can be read")));
        Optional<String> password = Optional.empty();
        if (store.has("password")) {
            password = store.section("password").flatMap(each -> SecretReader.read(each, secrets));
        } else {
            store.missing("password", "env or file, where the password is");
        }
        return file.isPresent() && password.isPresent()
                ? opened(place.orElseThrow(), file.get(), password.get(), withKey)
                : Optional.empty();
    }

    private static Optional<TlsConfig.Store> opened(YamlScalar at, Path file, String password, boolean withKey) {
        try {
            KeyStore opened = KeyStore.getInstance(file.toFile(), password.toCharArray());
            boolean key = false;
            for (String alias : Collections.list(opened.aliases())) {
                key |= opened.isKeyEntry(alias) && opened.getKey(alias, password.toCharArray()) != null;
            }
            return withKey && !key
                    ? at.wrong("a store with a key in it")
                    : Optional.of(new TlsConfig.Store(file, opened.getType(), password));
        } catch (IOException | GeneralSecurityException unreadable) {
            return at.wrong("a PKCS#12 or Java key store that this password opens, its keys too");
        }
    }
}
