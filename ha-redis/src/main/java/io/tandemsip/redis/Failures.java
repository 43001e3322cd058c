package io.tandemsip.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.cluster.PartitionException;
import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Says what a failure means for what was asked: surely not done, or perhaps. Pure. */
final class Failures {
    private static final String NOT_CONNECTED = "Currently not connected";

    /** What the driver says when it did not even send. */
    private static final List<String> NOT_SENT =
            List.of(NOT_CONNECTED, "Connection is closed", "Request queue size", "Command buffer size");

    private static final List<String> MISTAKES =
            List.of("WRONGPASS", "NOAUTH", "NOPERM", "cluster support disabled", "invalid DB index", "DB index is out");

    private Failures() {}

    static HaException of(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof HaException known) {
            return known;
        }
        if (cause instanceof IllegalArgumentException || cause instanceof IndexOutOfBoundsException) {
            return new StoreCorruptException("Redis answered with what can't be read: " + cause.getMessage(), cause);
        }
        if (cause instanceof RedisCommandTimeoutException) {
            return new StoreTimeoutException("Redis did not answer in time", cause);
        }
        if (cause instanceof RedisCommandExecutionException refusal) {
            return refused(refusal);
        }
        if (cause instanceof RedisConnectionException || cause instanceof PartitionException) {
            return new StoreUnavailableException("Redis can't be reached: " + words(cause), cause);
        }
        String words = words(cause);
        return NOT_SENT.stream().anyMatch(words::startsWith)
                ? new StoreUnavailableException("Redis can't be reached: " + words, cause)
                : new StoreTimeoutException("Redis did not answer: " + words, cause);
    }

    /** The server answered with an error: it did nothing, but for a script that met what is not its own. */
    private static HaException refused(RedisCommandExecutionException refusal) {
        String words = words(refusal);
        return words.contains("WRONGTYPE") || words.startsWith("CORRUPT")
                ? new StoreCorruptException("Redis holds something else under a key of ours: " + words, refusal)
                : new StoreUnavailableException("Redis refused: " + words, refusal);
    }

    /** Whether another connection may do better: this one leads to a server that was demoted. */
    static boolean isReadOnly(Throwable failure) {
        return cause(failure) instanceof RedisCommandExecutionException refusal
                && words(refusal).contains("READONLY");
    }

    /** Whether the driver takes no commands, since it has no connection or, just made, has not taken it over yet. */
    static boolean isNotConnected(Throwable failure) {
        return words(failure).startsWith(NOT_CONNECTED);
    }

    /** Wrong user, password, database, rights or kind of server: what only a person can mend. */
    static boolean isByConfiguration(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String words = String.valueOf(cause.getMessage());
            if (MISTAKES.stream().anyMatch(words::contains)) {
                return true;
            }
        }
        return false;
    }

    /** The server's own words, or the driver's. Commands and their arguments are not in them. */
    static String words(Throwable failure) {
        Throwable innermost = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            innermost = cause;
        }
        return String.valueOf(innermost.getMessage());
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
