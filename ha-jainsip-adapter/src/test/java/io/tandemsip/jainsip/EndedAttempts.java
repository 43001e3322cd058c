package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts how often the attempts of a router are ended and answered by whoever holds them. Thread-safe. */
final class EndedAttempts {
    private static final Set<String> ENDS = Set.of("failed", "gaveUp", "abandoned", "ended");

    private final Queue<Counted> attempts = new ConcurrentLinkedQueue<>();

    /** One attempt. */
    static final class Counted {
        final CallAttempt attempt;
        final AtomicInteger ends = new AtomicInteger();
        final AtomicInteger answers = new AtomicInteger();

        Counted(CallAttempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public String toString() {
            return attempt.node().id() + ": " + attempt.state() + ", ended " + ends + " times, answered " + answers;
        }
    }

    List<Counted> all() {
        return List.copyOf(attempts);
    }

    /** The router, with its attempts counted. */
    HaRouter around(HaRouter router) {
        return (HaRouter) Proxy.newProxyInstance(
                HaRouter.class.getClassLoader(),
                new Class<?>[] {HaRouter.class},
                (self, method, arguments) -> watched(invoke(router, method, arguments)));
    }

    private CallAttempt around(CallAttempt attempt) {
        Counted counted = new Counted(attempt);
        attempts.add(counted);
        return (CallAttempt) Proxy.newProxyInstance(
                CallAttempt.class.getClassLoader(), new Class<?>[] {CallAttempt.class}, (self, method, arguments) -> {
                    if (ENDS.contains(method.getName())) {
                        counted.ends.incrementAndGet();
                    } else if (method.getName().equals("answered")) {
                        counted.answers.incrementAndGet();
                    }
                    return watched(invoke(attempt, method, arguments));
                });
    }

    private @Nullable Object watched(@Nullable Object result) {
        if (result instanceof Placement.Placed placed) {
            return new Placement.Placed(around(placed.attempt()));
        }
        if (result instanceof Optional<?> some && some.isPresent() && some.get() instanceof CallAttempt attempt) {
            return Optional.of(around(attempt));
        }
        return result;
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
