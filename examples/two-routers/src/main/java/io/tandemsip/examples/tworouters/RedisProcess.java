package io.tandemsip.examples.tworouters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import redis.embedded.RedisServer;

/** A Redis of our own: the system's, else one out of a Maven package. Thread-safe. */
final class RedisProcess implements AutoCloseable {
    private final int port;
    private final RedisServer server;

    private RedisProcess(int port, RedisServer server) {
        this.port = port;
        this.server = server;
    }

    static RedisProcess start() throws IOException {
        int port = Loopback.tcpPort();
        var builder = RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"");
        Path own = Stream.of("/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        RedisServer server = (own == null ? builder : builder.executableProvider(own::toFile)).build();
        server.start();
        return new RedisProcess(port, server);
    }

    int port() {
        return port;
    }

    /** As the configuration file has it. */
    String store() {
        return "redis: {url: \"redis://127.0.0.1:" + port + "\"}";
    }

    /** Ends it; nothing of what it had is kept. */
    void stop() throws IOException {
        server.stop();
    }

    /** Starts it once more, empty. */
    void restart() throws IOException {
        server.start();
    }

    @Override
    public void close() throws IOException {
        server.stop();
    }
}
