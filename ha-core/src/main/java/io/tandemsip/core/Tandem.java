package io.tandemsip.core;

/** Where to begin: {@code Tandem.builder()…build().start()}. */
public final class Tandem {
    private Tandem() {}

    /**
     * Begins a router.
     *
     * @return a builder in which everything but the nodes has a default
     */
    public static RouterBuilder builder() {
        return new RouterBuilder();
    }
}
