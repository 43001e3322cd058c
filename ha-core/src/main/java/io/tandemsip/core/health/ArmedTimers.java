package io.tandemsip.core.health;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** All sets of timers that can be armed, each made once: every event of every node asks for one. */
final class ArmedTimers {
    private static final HealthTimer[] TIMERS = HealthTimer.values();
    private static final List<Set<HealthTimer>> SETS =
            IntStream.range(0, 1 << TIMERS.length).mapToObj(ArmedTimers::made).toList();

    private ArmedTimers() {}

    private static Set<HealthTimer> made(int bits) {
        Set<HealthTimer> timers = EnumSet.noneOf(HealthTimer.class);
        for (HealthTimer timer : TIMERS) {
            if ((bits & bit(timer)) != 0) {
                timers.add(timer);
            }
        }
        return Set.copyOf(timers);
    }

    static int bit(HealthTimer timer) {
        return 1 << timer.ordinal();
    }

    static int bits(Set<HealthTimer> timers) {
        int bits = 0;
        for (HealthTimer timer : TIMERS) {
            bits |= timers.contains(timer) ? bit(timer) : 0;
        }
        return bits;
    }

    /** Immutable. */
    static Set<HealthTimer> of(int bits) {
        return SETS.get(bits);
    }
}
