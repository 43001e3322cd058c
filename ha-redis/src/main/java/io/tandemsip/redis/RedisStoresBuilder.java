package io.tandemsip.redis;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.error.StoreUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Settings of {@link RedisStores}; everything has a default. Confined to one thread. */
public final class RedisStoresBuilder {
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(50);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);
    private static final int SILENT_TIMEOUTS = 4;

    private final String url;
    private @Nullable String user;
    private @Nullable String password;
    private @Nullable Path trusted;
    private @Nullable Path certificate;
    private @Nullable Path privateKey;
    private @Nullable KamailioKeys kamailio;
    private String prefix = "tandem";
    private boolean startWhenAway;
    private int queueSize = 10_000;
    private Duration timeout = Duration.ofMillis(250);
    private Duration connectTimeout = Duration.ofSeconds(1);

    RedisStoresBuilder(String url) {
        this.url = Objects.requireNonNull(url, "url");
    }

    /**
     * As whom to connect, where Redis has users (ACL). Default: what the URL says, else the default user.
     *
     * @param name the user
     * @return this
     */
    public RedisStoresBuilder user(String name) {
        user = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * The password. Default: what the URL says.
     *
     * @param secret never logged
     * @return this
     */
    public RedisStoresBuilder password(String secret) {
        password = Objects.requireNonNull(secret, "secret");
        return this;
    }

    /**
     * Whom to trust with TLS. Default: whom Java trusts. The server's name is checked, unless the URL says
     * {@code ?verifyPeer=CA}.
     *
     * @param certificates a PEM file
     * @return this
     */
    public RedisStoresBuilder trust(Path certificates) {
        trusted = Objects.requireNonNull(certificates, "certificates");
        return this;
    }

    /**
     * As whom to connect with TLS, where the server asks. Default: no certificate.
     *
     * @param certificates a PEM file, ours first
     * @param key a PEM file with its private key in PKCS 8, not encrypted
     * @return this
     */
    public RedisStoresBuilder certificate(Path certificates, Path key) {
        certificate = Objects.requireNonNull(certificates, "certificates");
        privateKey = Objects.requireNonNull(key, "key");
        return this;
    }

    /**
     * What our keys begin with; one Redis serves several services by one each. Default: {@code tandem}.
     *
     * @param text 1 to 40 letters, digits, and {@code _ . : -}
     * @return this
     */
    public RedisStoresBuilder prefix(String text) {
        prefix = Objects.requireNonNull(text, "text");
        return this;
    }

    /**
     * Serves the same calls as a Kamailio with the same Redis, during a migration. Default: off.
     *
     * @param keys what it writes
     * @return this
     */
    public RedisStoresBuilder kamailio(KamailioKeys keys) {
        kamailio = Objects.requireNonNull(keys, "keys");
        return this;
    }

    /**
     * Whether to go on when no server can be reached: what is asked then fails as unavailable until one can be. Default:
     * false.
     *
     * @param start true to begin without Redis
     * @return this
     */
    public RedisStoresBuilder startWhenAway(boolean start) {
        startWhenAway = start;
        return this;
    }

    /**
     * How many requests may wait in each of the queues; beyond, they fail at once. Default: 10,000.
     *
     * @param requests 1 or more
     * @return this
     */
    public RedisStoresBuilder queueSize(int requests) {
        queueSize = requests;
        return this;
    }

    /**
     * How long a request may wait to be sent, and again for its answer. A connection on which nothing came back for four
     * times of it, and at least a second, is made anew. Default: 250 ms.
     *
     * @param limit 50 ms to 1 minute
     * @return this
     */
    public RedisStoresBuilder timeout(Duration limit) {
        timeout = Objects.requireNonNull(limit, "limit");
        return this;
    }

    /**
     * How long a connection may take, TLS and password included. Default: 1 s.
     *
     * @param limit 50 ms to 1 minute
     * @return this
     */
    public RedisStoresBuilder connectTimeout(Duration limit) {
        connectTimeout = Objects.requireNonNull(limit, "limit");
        return this;
    }

    /**
     * Connects. Blocks until that is done.
     *
     * @return the stores
     * @throws ConfigurationException with all mistakes; also if the server refuses user, password or database
     * @throws StoreUnavailableException if no server can be reached
     */
    public RedisStores connect() {
        return open(false);
    }

    SharedState connectForSharedState() {
        return open(true).sharedState();
    }

    private RedisStores open(boolean ownedByState) {
        List<String> mistakes = mistakes();
        if (!mistakes.isEmpty()) {
            throw new ConfigurationException(mistakes);
        }
        return RedisStores.open(this, ownedByState);
    }

    private List<String> mistakes() {
        List<String> mistakes = new ArrayList<>();
        try {
            ServerUri.parse(url);
        } catch (IllegalArgumentException mistake) {
            mistakes.add(String.valueOf(mistake.getMessage()));
        }
        if ((user != null || password != null) && url.contains("@")) {
            mistakes.add("user, password: given in the URL too; expected in one place");
        }
        if (user != null && password == null) {
            mistakes.add("password: none for user \"" + user + "\"; expected one");
        }
        if (!Keyspace.isPrefix(prefix)) {
            mistakes.add("prefix: \"" + prefix + "\"; expected 1 to 40 of A-Z, a-z, 0-9, _ . : and -");
        }
        if (queueSize < 1) {
            mistakes.add("queue size: " + queueSize + "; expected 1 or more");
        }
        addUnlessInRange("timeout", timeout, mistakes);
        addUnlessInRange("connect timeout", connectTimeout, mistakes);
        addUnlessReadable("trusted certificates", trusted, mistakes);
        addUnlessReadable("certificate", certificate, mistakes);
        addUnlessReadable("private key", privateKey, mistakes);
        return mistakes;
    }

    private static void addUnlessInRange(String field, Duration value, List<String> mistakes) {
        if (value.compareTo(SHORTEST_TIMEOUT) < 0 || value.compareTo(LONGEST_TIMEOUT) > 0) {
            mistakes.add(field + ": " + value + "; expected 50 ms to 1 minute");
        }
    }

    private static void addUnlessReadable(String field, @Nullable Path file, List<String> mistakes) {
        if (file != null && !Files.isReadable(file)) {
            mistakes.add(field + ": " + file + "; expected a file that can be read");
        }
    }

    ServerUri uri() {
        ServerUri parsed = ServerUri.parse(url);
        for (RedisURI each : parsed.uris()) {
            each.setTimeout(connectTimeout);
            each.setClientName("tandem");
            if (password != null) {
                String name = user;
                String secret = password;
                each.setCredentialsProvider(RedisCredentialsProvider.from(() -> RedisCredentials.just(name, secret)));
            }
            each.getSentinels().forEach(sentinel -> sentinel.setTimeout(connectTimeout));
        }
        return parsed;
    }

    DriverSettings driver(Channels channels) {
        return new DriverSettings(timeout, connectTimeout, queueSize, tls(), channels);
    }

    private SslOptions tls() {
        SslOptions.Builder tls = SslOptions.builder();
        if (trusted != null) {
            tls.trustManager(trusted.toFile());
        }
        if (certificate != null && privateKey != null) {
            tls.keyManager(certificate.toFile(), privateKey.toFile(), new char[0]);
        }
        return tls.build();
    }

    String prefix() {
        return prefix;
    }

    Optional<KamailioKeys> kamailio() {
        return Optional.ofNullable(kamailio);
    }

    boolean startsWhenAway() {
        return startWhenAway;
    }

    int queueSize() {
        return queueSize;
    }

    long timeoutMillis() {
        return timeout.toMillis();
    }

    /** For the first connection, with several servers asked one after the other. */
    long connectMillis() {
        return connectTimeout.toMillis() * 5;
    }

    long silenceNanos() {
        return Math.max(TimeUnit.SECONDS.toNanos(1), timeout.toNanos() * SILENT_TIMEOUTS);
    }
}
