package io.tandemsip.core.health;

import io.tandemsip.core.health.HealthStatus.Sent;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The probes without a result of a status that is being changed: copied when the first one is added or removed, and not even
 * then where there is but one, as nearly always. Lives for one call. Confined to one thread.
 */
final class Outstanding {
    private Map<Long, Sent> probes;
    private boolean copied;

    Outstanding(Map<Long, Sent> before) {
        probes = before;
    }

    /** Not to be changed. */
    Map<Long, Sent> all() {
        return probes;
    }

    void sent(long id, Sent probe) {
        if (probes.isEmpty() && !copied) {
            probes = Map.of(id, probe);
        } else {
            copy().put(id, probe);
        }
    }

    /** Null for one that is not outstanding. */
    @Nullable
    Sent remove(long id) {
        Sent probe = probes.get(id);
        if (probe != null) {
            if (probes.size() == 1) {
                clear();
            } else {
                copy().remove(id);
            }
        }
        return probe;
    }

    void removeOlderThan(long id) {
        if (!probes.isEmpty()) {
            copy().keySet().removeIf(older -> older < id);
        }
    }

    /** Whether one that belongs to no burst has no result. */
    boolean hasPeriodic() {
        for (Sent probe : probes.values()) {
            if (!probe.ofBurst()) {
                return true;
            }
        }
        return false;
    }

    void clear() {
        probes = Map.of();
        copied = false;
    }

    private Map<Long, Sent> copy() {
        if (!copied) {
            probes = new TreeMap<>(probes);
            copied = true;
        }
        return probes;
    }
}
