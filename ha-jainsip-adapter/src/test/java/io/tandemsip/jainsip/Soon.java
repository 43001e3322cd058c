package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What is so a moment after a peer saw something, since others do it on threads of their own. */
final class Soon {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Soon() {}

    static void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in vain awaited: " + what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
