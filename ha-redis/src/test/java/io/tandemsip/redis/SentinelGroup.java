package io.tandemsip.redis;

import java.util.List;

/** A primary, its replica, and three Sentinels. */
final class SentinelGroup implements AutoCloseable {
    private static final String NAME = "mymaster";

    final RedisProcess primary = RedisProcess.server(Binaries.maven());
    final RedisProcess replica =
            RedisProcess.server(Binaries.maven(), "--replicaof", "127.0.0.1", String.valueOf(primary.port()));
    final List<RedisProcess> sentinels;

    SentinelGroup() {
        replica.awaitLog(line -> line.contains("Finished with success"));
        sentinels = List.of(sentinel(), sentinel(), sentinel());
        sentinels.forEach(each -> each.awaitLog(line -> line.contains("+slave ")));
        // each must know both others, or there is no majority
        sentinels.forEach(each -> each.awaitLog(line -> line.contains("+sentinel ")
                && line.contains("127.0.0.1 " + other(each).port() + " @")));
    }

    private RedisProcess sentinel() {
        return RedisProcess.sentinel(Binaries.maven(), NAME, primary.port(), 2);
    }

    private RedisProcess other(RedisProcess sentinel) {
        return sentinels.get((sentinels.indexOf(sentinel) + 1) % sentinels.size());
    }

    String url() {
        return "redis-sentinel://127.0.0.1:" + sentinels.get(0).port() + ",127.0.0.1:"
                + sentinels.get(1).port() + ",127.0.0.1:" + sentinels.get(2).port() + "/0#" + NAME;
    }

    @Override
    public void close() {
        sentinels.forEach(RedisProcess::close);
        replica.close();
        primary.close();
    }
}
