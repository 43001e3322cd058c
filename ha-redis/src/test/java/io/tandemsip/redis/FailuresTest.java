package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private static HaException of(Throwable failure) {
        return Failures.of(failure);
    }

    /** Fails when anything that is not known to be undone is told as such: a writer would think that it may forget it. */
    @Test
    void whatMayHaveBeenDone_isUnknown() {
        for (Throwable unknown : List.of(
                new RedisCommandTimeoutException("late"),
                new RedisException("Connection disconnected"),
                new RedisException("Connection closed"),
                new RedisException("something new in a later version"),
                new IllegalStateException())) {
            assertThat(of(unknown)).isExactlyInstanceOf(StoreTimeoutException.class);
        }
    }

    @Test
    void whatWasNotSent_orWasRefused_isSurelyNotDone() {
        for (Throwable refused : List.of(
                new RedisException("Currently not connected. Commands are rejected."),
                new RedisException("Connection is closed"),
                new RedisException("Request queue size exceeded: 1."),
                new RedisConnectionException("refused"),
                new RedisCommandExecutionException("OOM command not allowed"),
                new RedisCommandExecutionException("READONLY You can't write against a read only replica."),
                new RedisCommandExecutionException("MISCONF Redis is configured to save RDB snapshots"),
                new RedisCommandExecutionException("NOREPLICAS Not enough good replicas to write."),
                new RedisCommandExecutionException("CLUSTERDOWN The cluster is down"))) {
            assertThat(of(refused)).isExactlyInstanceOf(StoreUnavailableException.class);
            assertThat(of(new CompletionException(refused))).isExactlyInstanceOf(StoreUnavailableException.class);
        }
    }

    /** A start asks again then, and only then. */
    @Test
    void whereTheDriverTakesNoCommandsYet_isKnown_alsoFromWhatIsTold() {
        RedisException notYet = new RedisException("Currently not connected. Commands are rejected.");
        assertThat(Failures.isNotConnected(of(new CompletionException(notYet)))).isTrue();
        assertThat(Failures.isNotConnected(of(new RedisException("Connection is closed"))))
                .isFalse();
        assertThat(Failures.isNotConnected(of(new RedisConnectionException("refused"))))
                .isFalse();
    }

    @Test
    void whatIsNotOurs_isCorrupt() {
        assertThat(of(new RedisCommandExecutionException("WRONGTYPE Operation against a key")))
                .isExactlyInstanceOf(StoreCorruptException.class);
        assertThat(of(new NumberFormatException("x"))).isExactlyInstanceOf(StoreCorruptException.class);
    }

    @Test
    void whatIsKnownAlready_staysAsItIs() {
        HaException known = new StoreTimeoutException("known");
        assertThat(of(new CompletionException(known))).isSameAs(known);
    }

    @Test
    void readOnly_isSeenThroughWrappers() {
        assertThat(Failures.isReadOnly(new CompletionException(new RedisCommandExecutionException("READONLY x"))))
                .isTrue();
        assertThat(Failures.isReadOnly(new RedisException("READONLY"))).isFalse();
    }
}
