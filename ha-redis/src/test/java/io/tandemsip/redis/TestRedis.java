package io.tandemsip.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.sync.RedisKeyCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * What the tests run against; each begins when it is first needed and ends with the tests. The one server is that of the
 * variable {@code TANDEM_TEST_REDIS} (a URL), else one in Docker, else one from Maven's binaries. Thread-safe.
 */
enum TestRedis {
    ONE_SERVER {
        @Override
        String begin() {
            String given = System.getenv(VARIABLE);
            if (given != null) {
                return served("the server that " + VARIABLE + " names", given);
            }
            if (DockerClientFactory.instance().isDockerAvailable()) {
                return served("Testcontainers", container());
            }
            return served(
                    "embedded-redis from Maven",
                    RedisProcess.server(Binaries.maven()).url());
        }
    },
    /** A later version than Maven's. */
    SYSTEMS_SERVER {
        @Override
        String begin() {
            return Binaries.system()
                    .map(binary -> served(
                            "the system's redis-server",
                            RedisProcess.server(binary).url()))
                    .orElse("");
        }
    },
    SENTINEL {
        @Override
        String begin() {
            return served("Sentinel with embedded-redis from Maven", new SentinelGroup().url());
        }
    },
    CLUSTER {
        @Override
        String begin() {
            return served("a Cluster of 3 and 3", RedisCluster.start().url());
        }
    };

    private static final String VARIABLE = "TANDEM_TEST_REDIS";
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private String url;
    private RedisClusterCommands<String, String> raw;
    private RedisClusterCommands<String, String> patient;

    /** A URL; empty if there is none to be had. */
    abstract String begin();

    synchronized String url() {
        if (url == null) {
            url = begin();
        }
        assumeTrue(!url.isEmpty(), "Skipped: no redis-server on the PATH (Debian: apt-get install redis-server)");
        return url;
    }

    @SuppressWarnings("resource") // stays until the tests end, and Testcontainers removes it then
    private static String container() {
        GenericContainer<?> container = new GenericContainer<>("redis:7-alpine").withExposedPorts(6379);
        container.start();
        return "redis://" + container.getHost() + ":" + container.getMappedPort(6379);
    }

    private static String served(String by, String url) {
        String version = commands(url)
                .info("server")
                .lines()
                .filter(line -> line.startsWith("redis_version"))
                .findFirst()
                .orElse("");
        System.out.println("Redis " + version.substring(version.indexOf(':') + 1) + " by " + by);
        return url;
    }

    /** Commands as anybody else would give them. */
    @SuppressWarnings("resource") // ends with the tests
    static RedisClusterCommands<String, String> commands(String url) {
        return url.startsWith("redis-cluster")
                ? RedisClusterClient.create(RedisClusterURIUtil.toRedisURIs(URI.create(url.replace("-cluster", ""))))
                        .connect()
                        .sync()
                : RedisClient.create(url).connect().sync();
    }

    synchronized RedisClusterCommands<String, String> raw() {
        if (raw == null) {
            raw = commands(url());
        }
        return raw;
    }

    /** A prefix that no other test has, also of another run on the same server. */
    static String newPrefix() {
        return "t" + ProcessHandle.current().pid() + "-" + Long.toString(System.nanoTime(), 36) + "-"
                + PREFIXES.incrementAndGet();
    }

    /** Patient ones: the machine that tests may be busy. */
    RedisStoresBuilder stores(String prefix) {
        return RedisStores.builder(url())
                .prefix(prefix)
                .timeout(Duration.ofSeconds(5))
                .connectTimeout(Duration.ofSeconds(5));
    }

    void drop(String prefix) {
        ScanIterator.scan((RedisKeyCommands<String, String>) raw(), ScanArgs.Builder.matches(prefix + ":*"))
                .forEachRemaining(raw()::del);
    }

    /** By the server's clock, and without holding it up: somebody waits in vain for an element of a list. */
    synchronized void passTime(Duration time) {
        if (patient == null) {
            patient = commands(url());
        }
        patient.blpop(time.toMillis() / 1000.0, "nobody-pushes-here");
    }
}
