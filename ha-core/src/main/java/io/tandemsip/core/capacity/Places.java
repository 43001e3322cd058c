package io.tandemsip.core.capacity;

import io.tandemsip.node.Capacity;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The places of one node: who holds one is in a set, so that a place given back twice, or for somebody who has none,
 * changes nothing. The counter beside the set is what a limit is held against; it moves only with the set. Lock-free on
 * the routing path, thread-safe.
 *
 * @param <H> who may hold a place; compared by identity
 */
public final class Places<H> {
    private static final int FEW = 10;

    private final Set<H> holders = ConcurrentHashMap.newKeySet();
    private final AtomicInteger taken = new AtomicInteger();
    /** Counted by name for every demand, limited or not, so that a limit that comes later finds the truth. */
    private final Map<String, AtomicInteger> resources = new ConcurrentHashMap<>();

    private volatile Limits limits;
    private volatile int others;
    private volatile int allowance = Integer.MAX_VALUE;

    /**
     * All free.
     *
     * @param capacity the limits
     * @param nowNanos now
     */
    public Places(Capacity capacity, long nowNanos) {
        limits = new Limits(capacity, nowNanos);
    }

    /**
     * Changes the limits; places that are held stay held, also beyond a lower limit.
     *
     * @param capacity the new limits
     * @param nowNanos now
     */
    public void capacity(Capacity capacity, long nowNanos) {
        if (!limits.capacity.equals(capacity)) {
            limits = new Limits(capacity, nowNanos);
        }
    }

    /**
     * Whether a place could be taken right now.
     *
     * @param demand units of named resources
     * @param nowNanos now
     * @param priority whether the reserve may be used
     * @return true if nothing is used up
     */
    public boolean hasRoom(Map<String, Integer> demand, long nowNanos, boolean priority) {
        Limits now = limits;
        return taken.get() < most(now.capacity, priority)
                && now.rate.hasRoom(nowNanos, priority)
                && resourcesHaveRoom(demand, now.capacity);
    }

    /**
     * Takes a place.
     *
     * @param holder who; not a holder yet
     * @param demand units of named resources
     * @param nowNanos now
     * @param priority whether the reserve may be used
     * @return false if a limit is reached; then nothing was taken
     */
    public boolean tryTake(H holder, Map<String, Integer> demand, long nowNanos, boolean priority) {
        Limits now = limits;
        if (!tryCount(most(now.capacity, priority))) {
            return false;
        }
        if (taken.get() > allowance) {
            taken.decrementAndGet();
            return false;
        }
        if (!tryTakeResources(demand, now.capacity)) {
            taken.decrementAndGet();
            return false;
        }
        if (!now.rate.tryTake(nowNanos, priority)) {
            addResources(demand, -1);
            taken.decrementAndGet();
            return false;
        }
        holders.add(holder);
        return true;
    }

    /**
     * Takes a place whatever the limits say: the call is there already.
     *
     * @param holder who
     * @param demand units of named resources
     * @return false if it held one before
     */
    public boolean take(H holder, Map<String, Integer> demand) {
        if (!holders.add(holder)) {
            return false;
        }
        taken.incrementAndGet();
        addResources(demand, 1);
        return true;
    }

    /**
     * Gives a place back.
     *
     * @param holder who
     * @param demand what it took
     * @return false if it held none
     */
    public boolean giveBack(H holder, Map<String, Integer> demand) {
        if (!holders.remove(holder)) {
            return false;
        }
        addResources(demand, -1);
        taken.decrementAndGet();
        return true;
    }

    /**
     * How many places are taken.
     *
     * @return 0 or more
     */
    public int taken() {
        return taken.get();
    }

    /**
     * Units of named resources in use.
     *
     * @return a copy
     */
    public Map<String, Integer> used() {
        if (resources.isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> used = new HashMap<>();
        resources.forEach((name, units) -> used.put(name, units.get()));
        return used;
    }

    /**
     * Who holds a place.
     *
     * @return a live view
     */
    public Set<H> holders() {
        return Collections.unmodifiableSet(holders);
    }

    /**
     * How long until the rate allows another call.
     *
     * @param nowNanos now
     * @return nanoseconds; 0 if it does now
     */
    public long untilRate(long nowNanos) {
        return limits.rate.untilRoom(nowNanos);
    }

    /**
     * Calls are on the node that are none of these places.
     *
     * @param calls how many, 0 or more; they count against the limit
     */
    public void others(int calls) {
        others = calls;
    }

    /**
     * How many places of the limit are for this router, where others share it. In force for every call that has not counted
     * itself when this returns: one that counted itself with the allowance before looks again.
     *
     * @param calls how many; {@code Integer.MAX_VALUE} for the whole limit
     */
    public void allow(int calls) {
        allowance = calls;
    }

    /**
     * Whether few of the places that are for this router are free.
     *
     * @return false where it has the whole limit
     */
    public boolean runsLow() {
        int mine = allowance;
        return mine != Integer.MAX_VALUE && mine - taken.get() < FEW;
    }

    /**
     * How many places of the limit are for this router.
     *
     * @return {@code Integer.MAX_VALUE} for the whole limit
     */
    public int allowance() {
        return allowance;
    }

    /** How many places may be taken, given what others have there and what is kept for priority calls. */
    private int most(Capacity capacity, boolean priority) {
        int max = capacity.maxCalls();
        return max == Integer.MAX_VALUE
                ? max
                : (int) Math.max(0, Math.min(allowance, (long) max - others - (priority ? 0 : capacity.reserve())));
    }

    private boolean tryCount(int max) {
        if (max == Integer.MAX_VALUE) {
            taken.incrementAndGet();
            return true;
        }
        for (int now = taken.get(); now < max; now = taken.get()) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    private boolean resourcesHaveRoom(Map<String, Integer> demand, Capacity capacity) {
        if (demand.isEmpty()) {
            return true;
        }
        for (Map.Entry<String, Integer> each : demand.entrySet()) {
            int limit = capacity.resources().getOrDefault(each.getKey(), Integer.MAX_VALUE);
            if (limit - counter(each.getKey()).get() < each.getValue()) {
                return false;
            }
        }
        return true;
    }

    private boolean tryTakeResources(Map<String, Integer> demand, Capacity capacity) {
        if (demand.isEmpty()) {
            return true;
        }
        addResources(demand, 1);
        for (String name : demand.keySet()) {
            if (counter(name).get() > capacity.resources().getOrDefault(name, Integer.MAX_VALUE)) {
                addResources(demand, -1);
                return false;
            }
        }
        return true;
    }

    private void addResources(Map<String, Integer> demand, int sign) {
        if (!demand.isEmpty()) {
            demand.forEach((name, units) -> counter(name).addAndGet(sign * units));
        }
    }

    private AtomicInteger counter(String resource) {
        return resources.computeIfAbsent(resource, any -> new AtomicInteger());
    }

    /** The limits in force. Immutable but for the rate's own state. */
    private record Limits(Capacity capacity, RateLimit rate) {
        Limits(Capacity capacity, long nowNanos) {
            this(capacity, new RateLimit(capacity, nowNanos));
        }
    }
}
