package io.tandemsip.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An atomic step in Lua, from a resource of this package. It is called by its digest, and sent as a whole to a server that
 * does not have it: one that was started anew, or is the new primary. Thread-safe.
 */
final class Script {
    private final String name;
    private final String text;
    private final String digest;

    private Script(String name, String text) {
        this.name = name;
        this.text = text;
        digest = sha1(text);
    }

    static Script named(String name) {
        try (InputStream resource = Script.class.getResourceAsStream("lua/" + name + ".lua")) {
            if (resource == null) {
                throw new IllegalStateException("resource lua/" + name + ".lua: missing in the jar of ha-redis");
            }
            return new Script(name, new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-1: missing; every Java platform has it", impossible);
        }
    }

    /** All scripts answer with a list. */
    CompletionStage<List<Object>> run(
            RedisClusterAsyncCommands<String, String> commands, String[] keys, String... arguments) {
        CompletionStage<List<Object>> first = commands.evalsha(digest, ScriptOutputType.MULTI, keys, arguments);
        return first.exceptionallyCompose(failure -> failure instanceof RedisNoScriptException
                ? commands.eval(text, ScriptOutputType.MULTI, keys, arguments)
                : CompletableFuture.failedStage(failure));
    }

    @Override
    public String toString() {
        return name;
    }
}
