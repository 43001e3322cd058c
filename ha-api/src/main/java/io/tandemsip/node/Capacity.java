package io.tandemsip.node;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How much a node can carry: concurrent calls, new calls per second with a burst, and named resources (for example
 * {@code audio=500, transcode=50}). What is not set is unlimited. Immutable.
 */
public final class Capacity {
    private static final Capacity UNLIMITED = new Capacity(Integer.MAX_VALUE, Double.POSITIVE_INFINITY, 0, 0, Map.of());

    private final int maxCalls;
    private final double callsPerSecond;
    private final int burst;
    private final int reserve;
    private final Map<String, Integer> resources;

    private Capacity(int maxCalls, double callsPerSecond, int burst, int reserve, Map<String, Integer> resources) {
        this.maxCalls = maxCalls;
        this.callsPerSecond = callsPerSecond;
        this.burst = burst;
        this.reserve = reserve;
        this.resources = Map.copyOf(resources);
    }

    /**
     * No limit of any kind.
     *
     * @return the unlimited capacity
     */
    public static Capacity unlimited() {
        return UNLIMITED;
    }

    /**
     * A limit on concurrent calls and nothing else.
     *
     * @param calls 0 or more; a call is one dialog that was placed, with all its forks, not a leg
     * @return the capacity
     * @throws IllegalArgumentException if negative
     */
    public static Capacity calls(int calls) {
        return UNLIMITED.withCalls(calls);
    }

    /**
     * A copy with a limit on concurrent calls.
     *
     * @param calls 0 or more
     * @return the changed copy
     * @throws IllegalArgumentException if negative
     */
    public Capacity withCalls(int calls) {
        requireNotNegative("capacity calls", calls);
        return new Capacity(calls, callsPerSecond, burst, reserve, resources);
    }

    /**
     * A copy with a limit on new calls per second.
     *
     * @param perSecond new calls per second in the long run, greater than 0
     * @param burst how many may come at once, 1 or more
     * @return the changed copy
     * @throws IllegalArgumentException if out of range
     */
    public Capacity withCallsPerSecond(double perSecond, int burst) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("capacity calls per second: " + perSecond + "; expected more than 0");
        }
        if (burst < 1) {
            throw new IllegalArgumentException("capacity burst: " + burst + "; expected 1 or more");
        }
        return new Capacity(maxCalls, perSecond, burst, reserve, resources);
    }

    /**
     * A copy with a limit on a named resource.
     *
     * @param name the resource, for example {@code transcode}
     * @param units 0 or more
     * @return the changed copy
     * @throws IllegalArgumentException if the name is blank or units negative
     */
    public Capacity withResource(String name, int units) {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("capacity resource: blank name; expected for example \"transcode\"");
        }
        requireNotNegative("capacity resource " + name, units);
        Map<String, Integer> copy = new TreeMap<>(resources);
        copy.put(name, units);
        return new Capacity(maxCalls, callsPerSecond, burst, reserve, copy);
    }

    /**
     * A copy that keeps places for priority calls (Resource-Priority, emergency): other calls get only what is left of
     * the concurrent calls, and priority calls may exceed the burst by as many.
     *
     * @param calls 0 or more; without effect where the concurrent calls or calls per second are unlimited
     * @return the changed copy
     * @throws IllegalArgumentException if negative
     */
    public Capacity withReserve(int calls) {
        requireNotNegative("capacity reserve", calls);
        return new Capacity(maxCalls, callsPerSecond, burst, calls, resources);
    }

    /**
     * Places kept for priority calls.
     *
     * @return 0 when nothing is kept
     */
    public int reserve() {
        return reserve;
    }

    /**
     * Concurrent calls.
     *
     * @return {@link Integer#MAX_VALUE} when unlimited
     */
    public int maxCalls() {
        return maxCalls;
    }

    /**
     * New calls per second.
     *
     * @return {@link Double#POSITIVE_INFINITY} when unlimited
     */
    public double callsPerSecond() {
        return callsPerSecond;
    }

    /**
     * How many new calls may come at once.
     *
     * @return 1 or more; 0 when calls per second are unlimited
     */
    public int burst() {
        return burst;
    }

    /**
     * The limits of named resources, in units.
     *
     * @return unmodifiable; what is absent is unlimited
     */
    public Map<String, Integer> resources() {
        return resources;
    }

    private static void requireNotNegative(String field, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(field + ": " + value + "; expected 0 or more");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Capacity that
                && maxCalls == that.maxCalls
                && Double.compare(callsPerSecond, that.callsPerSecond) == 0
                && burst == that.burst
                && reserve == that.reserve
                && resources.equals(that.resources);
    }

    @Override
    public int hashCode() {
        return Objects.hash(maxCalls, callsPerSecond, burst, reserve, resources);
    }

    @Override
    public String toString() {
        return "Capacity[calls=" + (maxCalls == Integer.MAX_VALUE ? "unlimited" : maxCalls) + ", callsPerSecond="
                + (Double.isInfinite(callsPerSecond) ? "unlimited" : callsPerSecond + " burst " + burst)
                + (reserve == 0 ? "" : ", reserve=" + reserve) + ", resources=" + new TreeMap<>(resources) + ']';
    }
}
