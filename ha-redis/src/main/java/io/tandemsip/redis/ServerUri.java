package io.tandemsip.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where Redis is, and what kind of it. Immutable.
 *
 * @param kind how its servers make one
 * @param uris one, or several of a Cluster
 */
record ServerUri(Kind kind, List<RedisURI> uris) {
    private static final String EXPECTED = "expected redis://[user:password@]host[:port][/database],"
            + " redis-sentinel://[user:password@]host[:port][,host…][/database]#primary,"
            + " redis-cluster://[user:password@]host[:port][,host…]; with TLS rediss instead of redis";
    private static final Map<String, Kind> KINDS = Map.of(
            "redis", Kind.SINGLE,
            "rediss", Kind.SINGLE,
            "redis-sentinel", Kind.SENTINEL,
            "rediss-sentinel", Kind.SENTINEL,
            "redis-cluster", Kind.CLUSTER,
            "rediss-cluster", Kind.CLUSTER);

    ServerUri {
        uris = List.copyOf(uris);
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException that does not quote it, since it may hold a password
     */
    static ServerUri parse(String url) {
        int end = url.indexOf(':');
        Kind kind = KINDS.get(url.substring(0, Math.max(0, end)).toLowerCase(Locale.ROOT));
        if (kind == null) {
            throw new IllegalArgumentException("url: of another kind; " + EXPECTED);
        }
        ServerUri parsed = new ServerUri(kind, uris(kind, url));
        parsed.check(url);
        return parsed;
    }

    private static List<RedisURI> uris(Kind kind, String url) {
        try {
            RedisURI common = RedisURI.create(url.replaceFirst("-cluster", ""));
            if (kind != Kind.CLUSTER) {
                return List.of(common);
            }
            List<RedisURI> each = RedisClusterURIUtil.toRedisURIs(URI.create(url.replaceFirst("-cluster", "")));
            each.forEach(uri -> uri.setDatabase(common.getDatabase()));
            return each;
        } catch (RuntimeException unreadable) {
            throw new IllegalArgumentException("url: can't be read; " + EXPECTED, withoutWords(unreadable));
        }
    }

    /** The reason's kind and place, not its message: it may quote the password. */
    private static Throwable withoutWords(RuntimeException reason) {
        Throwable bare = new IllegalArgumentException(reason.getClass().getSimpleName());
        bare.setStackTrace(reason.getStackTrace());
        return bare;
    }

    private void check(String url) {
        RedisURI first = uris.get(0);
        if (kind == Kind.SINGLE && String.valueOf(first.getHost()).contains(",")) {
            throw new IllegalArgumentException("url: several hosts with redis://; " + EXPECTED);
        }
        if (uris.stream().map(each -> String.valueOf(each.getHost())).anyMatch(host -> host.matches("[^:]*:[^:]*"))) {
            throw new IllegalArgumentException("url: a port that is no number; " + EXPECTED);
        }
        if (kind == Kind.SENTINEL
                && (first.getSentinelMasterId() == null
                        || first.getSentinelMasterId().isEmpty())) {
            throw new IllegalArgumentException("url: no name of the primary; " + EXPECTED);
        }
        if (kind == Kind.CLUSTER && first.getDatabase() != 0) {
            throw new IllegalArgumentException(
                    "url: database " + first.getDatabase() + " of a Cluster; expected none, it has only 0");
        }
        if (url.contains("timeout=")) {
            throw new IllegalArgumentException("url: names a time-out; expected it in timeout(…)");
        }
    }

    int database() {
        return uris.get(0).getDatabase();
    }

    /** How several servers make one Redis. */
    enum Kind {
        SINGLE,
        SENTINEL,
        CLUSTER
    }
}
