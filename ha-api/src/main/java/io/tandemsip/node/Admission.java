package io.tandemsip.node;

/** Whether a node may get a request. Ordered from the strictest to the mildest. */
public enum Admission {
    /** Never. */
    NO,
    /** Only when no node admits it without reservation. */
    LAST_RESORT,
    /** Yes. */
    YES;

    /**
     * The stricter of the two.
     *
     * @param other another opinion
     * @return the one that admits less
     */
    public Admission and(Admission other) {
        return compareTo(other) <= 0 ? this : other;
    }
}
