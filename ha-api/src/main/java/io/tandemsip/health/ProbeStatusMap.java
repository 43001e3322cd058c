package io.tandemsip.health;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What the status of an answer to OPTIONS says of a node. By default: 503 means too much to do, 408 and other 5xx mean
 * not ready, all else is a sign of life, since a node that refuses OPTIONS answers all the same. Immutable.
 */
public final class ProbeStatusMap {
    private static final ProbeStatusMap DEFAULTS = new ProbeStatusMap(Map.of());

    private final Map<Integer, Verdict> exceptions;

    private ProbeStatusMap(Map<Integer, Verdict> exceptions) {
        this.exceptions = Map.copyOf(exceptions);
    }

    /**
     * The map in force unless another is given.
     *
     * @return the defaults
     */
    public static ProbeStatusMap defaults() {
        return DEFAULTS;
    }

    /**
     * A copy that judges one status otherwise.
     *
     * @param statusCode 200 to 699
     * @param verdict what it says
     * @return the changed copy
     * @throws IllegalArgumentException if the status is out of range
     */
    public ProbeStatusMap with(int statusCode, Verdict verdict) {
        if (statusCode < 200 || statusCode > 699) {
            throw new IllegalArgumentException("probe status code: " + statusCode + "; expected 200 to 699");
        }
        Map<Integer, Verdict> copy = new HashMap<>(exceptions);
        copy.put(statusCode, Objects.requireNonNull(verdict, "verdict"));
        return new ProbeStatusMap(copy);
    }

    /**
     * What a status says.
     *
     * @param statusCode of a final response
     * @return the verdict
     */
    public Verdict verdict(int statusCode) {
        Verdict exception = exceptions.get(statusCode);
        if (exception != null) {
            return exception;
        }
        if (statusCode == 503) {
            return Verdict.OVERLOADED;
        }
        return statusCode == 408 || (statusCode >= 500 && statusCode < 600) ? Verdict.NOT_READY : Verdict.ALIVE;
    }

    /** What a status says of a node. */
    public enum Verdict {
        /** It is there. */
        ALIVE,
        /** It is there and has too much to do. */
        OVERLOADED,
        /** It is there and can't serve. */
        NOT_READY
    }
}
