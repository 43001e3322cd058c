package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Writes down when a router placed a new call on which node. Thread-safe. */
final class PlacementLog {
    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

    /** One placed call. */
    record Entry(long atNanos, String node) {}

    /** The router, watched. */
    HaRouter around(HaRouter router) {
        return (HaRouter) Proxy.newProxyInstance(
                HaRouter.class.getClassLoader(), new Class<?>[] {HaRouter.class}, (self, method, arguments) -> {
                    try {
                        Object result = method.invoke(router, arguments);
                        if (result instanceof Placement.Placed placed) {
                            entries.add(new Entry(
                                    System.nanoTime(),
                                    placed.attempt().node().id().value()));
                        }
                        return result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    /** How long after a moment a node still got a new call; negative if none after it. */
    double lastMillisAfter(long momentNanos, String node) {
        return entries.stream()
                        .filter(each -> each.node().equals(node))
                        .mapToLong(each -> each.atNanos() - momentNanos)
                        .max()
                        .orElse(-1)
                / 1e6;
    }

    /** How many new calls a node got. */
    long count(String node) {
        return entries.stream().filter(each -> each.node().equals(node)).count();
    }

    /** Waits until a node has got so many new calls. */
    void await(String node, long calls) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (count(node) < calls) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(node + " got " + count(node) + " calls; expected " + calls);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }
}
