package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads where proxies share what they know. Never shows a URL: it may hold a password. Confined to one thread. */
final class StoreReader {
    private static final Pattern REDIS = Pattern.compile("rediss?(-sentinel|-cluster)?://\\S+");
    private static final Pattern POSTGRES = Pattern.compile("jdbc:postgresql:\\S+");

    private final Secrets secrets;

    private StoreReader(Secrets secrets) {
        this.secrets = secrets;
    }

    static Optional<StoreConfig> read(YamlSection store, Secrets secrets) {
        store.knowing("redis", "postgres");
        if (store.has("redis") == store.has("postgres")) {
            store.missing("redis", "either redis or postgres");
            return Optional.empty();
        }
        StoreReader reader = new StoreReader(secrets);
        return store.has("redis")
                ? store.section("redis").flatMap(reader::redis)
                : store.section("postgres").flatMap(reader::postgres);
    }

    /** A PostgreSQL whose tables are somebody else's. */
    static Optional<StoreConfig.Postgres> database(YamlSection database, Secrets secrets) {
        database.knowing("url", "user", "password");
        Optional<String> url = url(database, POSTGRES, "password=", "jdbc:postgresql://host/database");
        Optional<StoreConfig.Login> login = new StoreReader(secrets).login(database);
        return url.map(known -> new StoreConfig.Postgres(known, login, Optional.empty()));
    }

    private Optional<StoreConfig> redis(YamlSection redis) {
        redis.knowing("url", "user", "password", "prefix", "kamailioKeys");
        Optional<String> url =
                url(redis, REDIS, "@", "redis://host, redis-sentinel://hosts#primary or redis-cluster://hosts");
        Optional<StoreConfig.Login> login = login(redis);
        Optional<String> prefix = redis.scalar("prefix").map(YamlScalar::text);
        boolean kamailio =
                redis.scalar("kamailioKeys").flatMap(FailoverReader::yesOrNo).orElse(false);
        return url.map(known -> new StoreConfig.Redis(known, login, prefix, kamailio));
    }

    private Optional<StoreConfig> postgres(YamlSection postgres) {
        postgres.knowing("url", "user", "password", "schema");
        Optional<String> url = url(postgres, POSTGRES, "password=", "jdbc:postgresql://host/database");
        Optional<StoreConfig.Login> login = login(postgres);
        Optional<String> schema = postgres.scalar("schema").map(YamlScalar::text);
        return url.map(known -> new StoreConfig.Postgres(known, login, schema));
    }

    private static Optional<String> url(YamlSection section, Pattern form, String secret, String expected) {
        return section.required("url", expected).flatMap(at -> {
            if (at.text().contains(secret)) {
                at.mistakes()
                        .add(at.line(), at.path(), "(not shown)", "no password in it, but user and password beside it");
                return Optional.empty();
            }
            if (!form.matcher(at.text()).matches()) {
                at.mistakes().add(at.line(), at.path(), "(not shown)", expected);
                return Optional.empty();
            }
            return Optional.of(at.text());
        });
    }

    private Optional<StoreConfig.Login> login(YamlSection section) {
        Optional<String> user = section.scalar("user").map(YamlScalar::text);
        if (!section.has("password")) {
            if (user.isPresent()) {
                section.missing("password", "env or file, where the password of this user is");
            }
            return Optional.empty();
        }
        return section.section("password")
                .flatMap(place -> SecretReader.read(place, secrets))
                .map(secret -> new StoreConfig.Login(user, secret));
    }
}
