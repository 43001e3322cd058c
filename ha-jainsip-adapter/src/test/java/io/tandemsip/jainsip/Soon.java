package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What is so a moment after a peer saw something, since others do it on threads of their own. */
final class Soon {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** Less than anything lasts that a proxy waits for: what is left for longer is left. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private Soon() {}

    static void await(BooleanSupplier condition, String what) {
        await(condition, what, PATIENCE_NANOS);
    }

    private static void await(BooleanSupplier condition, String what, long patienceNanos) {
        long deadline = System.nanoTime() + patienceNanos;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in vain awaited: " + what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A peer has the last answer before the proxy has dealt with what sent it. */
    static void idle(HaProxy proxy) {
        await(() -> proxy.pending() == 0, "a proxy with nothing left under way", IDLE_NANOS);
    }
}
