package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads use a router that lives in virtual time, which is for one thread: each call of it and of its attempts, one
 * after the other. Tells when a mark passed that was put behind other news. Thread-safe.
 */
final class OneAtATime {
    /** The Call-ID of the mark. */
    static final String MARK = "mark";

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<CallAttempt, CallAttempt> attempts = new ConcurrentHashMap<>();
    private final Semaphore marks = new Semaphore(0);

    HaRouter around(HaRouter router) {
        return guard(HaRouter.class, router);
    }

    /** Does something to the router that no call of it may disturb. */
    void run(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until as many marks passed. */
    void awaitMark() {
        try {
            if (!marks.tryAcquire(20, TimeUnit.SECONDS)) {
                throw new AssertionError("what passed was not dealt with");
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private <T> T guard(Class<T> type, Object target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> call(target, method, arguments);
                }));
    }

    private @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        lock.lock();
        try {
            Object result = method.invoke(target, arguments);
            if (method.getName().equals("ended")
                    && arguments != null
                    && arguments[0].toString().contains(MARK)) {
                marks.release();
            }
            return result instanceof Placement.Placed placed
                    ? new Placement.Placed(
                            attempts.computeIfAbsent(placed.attempt(), attempt -> guard(CallAttempt.class, attempt)))
                    : result;
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        } finally {
            lock.unlock();
        }
    }
}
