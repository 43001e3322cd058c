package io.tandemsip.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.tandemsip.error.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of Redis goes through here, on one connection that all share; replies come in order, and none is waited for
 * by a thread. Without a connection everything fails at once. Thread-safe.
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private final Driver driver;
    private final Channels channels;
    private final ScheduledExecutorService timer;
    private final RandomGenerator random;
    private volatile @Nullable RedisClusterAsyncCommands<String, String> commands;
    private volatile boolean closed;

    Link(Driver driver, Channels channels, ScheduledExecutorService timer, RandomGenerator random) {
        this.driver = driver;
        this.channels = channels;
        this.timer = timer;
        this.random = random;
    }

    /** The first connection; afterwards the driver makes it anew. */
    CompletionStage<Boolean> connect() {
        return driver.connect().handle((connection, failure) -> {
            if (failure != null) {
                throw new StoreUnavailableException("Redis can't be reached: " + Failures.words(failure), failure);
            }
            return use(connection);
        });
    }

    private boolean use(StatefulConnection<String, String> connection) {
        commands = driver.commands(connection);
        return true;
    }

    /** The first connection, as soon as there can be one. */
    void connectUnlessConnected() {
        if (commands == null) {
            untilItWorks(FIRST_PAUSE_MILLIS, this::connect);
        }
    }

    /** A connection for news, as soon as there can be one. */
    CompletionStage<StatefulRedisPubSubConnection<String, String>> connectForNews() {
        CompletableFuture<StatefulRedisPubSubConnection<String, String>> made = new CompletableFuture<>();
        untilItWorks(
                FIRST_PAUSE_MILLIS, () -> driver.connectForNews().thenApply(connection -> made.complete(connection)));
        return made;
    }

    private void untilItWorks(long pauseMillis, Supplier<CompletionStage<Boolean>> attempt) {
        if (closed) {
            return;
        }
        attempted(attempt).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.debug("no connection to Redis yet: {}", Failures.words(failure));
                later(
                        (long) (pauseMillis * (0.5 + random.nextDouble() / 2)),
                        () -> untilItWorks(Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2), attempt));
            }
        });
    }

    private static CompletionStage<Boolean> attempted(Supplier<CompletionStage<Boolean>> attempt) {
        try {
            return attempt.get();
        } catch (RuntimeException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private void later(long millis, Runnable task) {
        try {
            var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("closed while waiting for the server");
        }
    }

    /** Runs a script. Its failure is an {@code HaException}. */
    CompletionStage<List<Object>> run(Script script, List<String> keys, List<String> arguments) {
        return ask(commands -> script.run(commands, keys.toArray(String[]::new), arguments.toArray(String[]::new)));
    }

    /** Asks something. Its failure is an {@code HaException}. */
    <T> CompletionStage<T> ask(Question<T> question) {
        RedisClusterAsyncCommands<String, String> connected = commands;
        if (closed || connected == null) {
            return CompletableFuture.failedStage(
                    new StoreUnavailableException(closed ? "Redis: closed" : "Redis: no connection yet"));
        }
        CompletionStage<T> answer;
        try {
            answer = question.ask(connected);
        } catch (RuntimeException failure) {
            answer = CompletableFuture.failedStage(failure);
        }
        return answer.exceptionallyCompose(failure -> {
            if (Failures.isReadOnly(failure)) {
                channels.closeAll();
            }
            return CompletableFuture.failedStage(Failures.of(failure));
        });
    }

    CompletionStage<?> close() {
        closed = true;
        return driver.close();
    }

    /**
     * Something to be asked.
     *
     * @param <T> the answer
     */
    @FunctionalInterface
    interface Question<T> {
        CompletionStage<T> ask(RedisClusterAsyncCommands<String, String> commands);
    }
}
